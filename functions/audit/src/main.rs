//! The artifact of the area `audit`: `_HANDLER` names the Lambda that it becomes.

use std::process::ExitCode;

fn main() -> ExitCode {
    rol_runtime::main(audit::LAMBDAS)
}
