//! `key …`

use std::path::PathBuf;

use serde_json::json;

use super::{Io, Outcome, Run, secret};
use crate::desk::Desk;
use crate::i18n::cli as say;
use crate::store::{Kdf, KeyKind, KeyMode};

/// What can be done with the key.
#[derive(Debug, clap::Subcommand)]
pub enum Key {
    Show(Show),
    Passphrase(Passphrase),
    File(File),
}

/// Shows how the home keeps its key: passphrase, key_file, or unsealed
#[derive(Debug, clap::Args)]
pub struct Show {}

/// Sets or changes the passphrase
///
/// The data stay as they are; only the key is wrapped anew. Backups made before open with what they were made with.
#[derive(Debug, clap::Args)]
pub struct Passphrase {
    /// File whose first line is the new passphrase; else it is asked for, twice
    #[arg(long, value_name = "FILE")]
    new_passphrase_file: Option<PathBuf>,
}

/// Gives the passphrase up for a key file beside the data
///
/// For a machine that starts by itself. Whoever has the folder can then open the data.
#[derive(Debug, clap::Args)]
pub struct File {}

impl Run for Key {
    fn run(&self, desk: &Desk, io: &mut Io<'_>) -> Outcome {
        let store = desk.replica().store();
        match self {
            Key::Show(_) => {}
            Key::Passphrase(new) => {
                let passphrase = match &new.new_passphrase_file {
                    Some(file) => secret::read(&io.path(file))?,
                    None => secret::ask_new(io)?,
                };
                store.change_key(&KeyMode::Passphrase(passphrase, Kdf::default()))?;
            }
            Key::File(_) => store.change_key(&KeyMode::KeyFile)?,
        }
        let kind = store.key_kind();
        let told = match kind {
            KeyKind::Passphrase => say::key_passphrase(io.lang).to_owned(),
            KeyKind::KeyFile => say::made_key_file(io.lang, &store.home().key_file_path().display().to_string()),
            KeyKind::Unsealed => say::made_unsealed(io.lang).to_owned(),
        };
        io.answer(&json!({ "key": kind }), told)
    }
}
