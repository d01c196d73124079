//! The binary: parses the command line, runs the command, turns what came of it into an exit code.

use flagstaff::server::cli::{Cli, Failure};
use std::process::ExitCode;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("error: {}", failure.message);
            ExitCode::from(failure.code)
        }
    }
}

fn run() -> Result<(), Failure> {
    let cli = Cli::read()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    runtime.map_err(|why| Failure::refused(format!("no thread can be started: {why}")))?.block_on(cli.run())
}
