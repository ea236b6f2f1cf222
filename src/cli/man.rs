//! `man`

use std::fs;
use std::path::PathBuf;

use serde_json::json;

use super::{CliError, Fault, Io, Outcome, help};
use crate::i18n::cli as say;

/// Prints the manual page, or writes those of all commands
#[derive(Debug, clap::Args)]
pub struct Man {
    /// Write a page for each command into this folder
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
}

impl Man {
    /// Does so.
    ///
    /// # Errors
    /// When a page cannot be written.
    pub fn run(&self, io: &mut Io<'_>) -> Outcome {
        let command = help::command(io.lang);
        let Some(dir) = &self.dir else {
            let mut page = Vec::new();
            clap_mangen::Man::new(command).render(&mut page)?;
            return Ok(io.out.write_all(&page)?);
        };
        let dir = io.path(dir);
        let failed = |error: std::io::Error| Fault::from(CliError::file(&dir, &error));
        fs::create_dir_all(&dir).map_err(failed)?;
        clap_mangen::generate_to(command, &dir).map_err(failed)?;
        let pages = fs::read_dir(&dir).map_err(failed)?.count();
        io.answer(&json!({"dir": dir, "pages": pages}), say::man_written(io.lang, pages, &dir.display().to_string()))
    }
}
