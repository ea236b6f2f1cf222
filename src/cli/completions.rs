//! `completions`

use clap_complete::Shell;

use super::{Io, Outcome, help};

/// Prints completions for a shell
///
/// For bash: zhulian completions bash > ~/.local/share/bash-completion/completions/zhulian
#[derive(Debug, clap::Args)]
pub struct Completions {
    /// The shell: bash, elvish, fish, powershell, zsh
    #[arg(value_name = "SHELL", hide_possible_values = true)]
    shell: Shell,
}

impl Completions {
    /// Does so.
    ///
    /// # Errors
    /// When the stream is closed.
    pub fn run(&self, io: &mut Io<'_>) -> Outcome {
        let mut text = Vec::new();
        clap_complete::generate(self.shell, &mut help::command(io.lang), "zhulian", &mut text);
        Ok(io.out.write_all(&text)?)
    }
}
