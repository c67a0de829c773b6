//! The artifact of the area `attributes`: `_HANDLER` names the Lambda that it becomes.

use std::process::ExitCode;

fn main() -> ExitCode {
    rol_runtime::main(attributes::LAMBDAS)
}
