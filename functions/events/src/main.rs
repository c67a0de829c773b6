//! The artifact of the area `events`: `_HANDLER` names the Lambda that it becomes.

use std::process::ExitCode;

fn main() -> ExitCode {
    rol_runtime::main(events::LAMBDAS)
}
