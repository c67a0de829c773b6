//! The artifact of the area `attachments`: `_HANDLER` names the Lambda that it becomes.

use std::process::ExitCode;

fn main() -> ExitCode {
    rol_runtime::main(attachments::LAMBDAS)
}
