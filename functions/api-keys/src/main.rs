//! The artifact of the area `api-keys`: `_HANDLER` names the Lambda that it becomes.

use std::process::ExitCode;

fn main() -> ExitCode {
    rol_runtime::main(api_keys::LAMBDAS)
}
