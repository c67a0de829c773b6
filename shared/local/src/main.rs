//! Records of Learning on this machine.

fn main() -> anyhow::Result<()> {
    rol_local::cli::main()
}
