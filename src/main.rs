//! The `zhulian` program.

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(zhulian::cli::main(std::env::args_os().collect()))
}
