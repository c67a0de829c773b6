//! Records of Learning on this machine.

fn main() -> std::process::ExitCode {
    rol_local::cli::main()
}
