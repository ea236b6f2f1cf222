//! `backup`

use std::path::PathBuf;

use serde_json::json;

use super::{Fault, Io, Outcome, Run, secret};
use crate::desk::Desk;
use crate::i18n::cli as say;
use crate::store::{BackupOptions, Kdf, KeyKind, Store};

/// Writes everything into one sealed file
///
/// The backup opens with the key of the home, which is not inside: its passphrase, or its key file, of which a copy must
/// then be kept elsewhere. --own-passphrase-file gives it a passphrase of its own instead.
#[derive(Debug, clap::Args)]
pub struct Backup {
    /// The file to write; one of that name is replaced once the new one is whole
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// File whose first line is a passphrase for this backup alone
    #[arg(long, value_name = "FILE")]
    own_passphrase_file: Option<PathBuf>,
}

impl Run for Backup {
    fn run(&self, desk: &Desk, io: &mut Io<'_>) -> Outcome {
        self.of_store(desk.replica().store(), io)
    }
}

impl Backup {
    /// Writes everything of that store.
    ///
    /// # Errors
    /// Those of [`Store::backup`].
    pub fn of_store(&self, store: &Store, io: &mut Io<'_>) -> Outcome {
        let path = io.path(&self.file);
        let passphrase = match &self.own_passphrase_file {
            Some(file) => Some((secret::read(&io.path(file))?, Kdf::default())),
            None => None,
        };
        let own = passphrase.is_some();
        let options = BackupOptions { journal_from: 0, passphrase, meta: b"" };
        let lang = io.lang;
        let moved = store.backup(&path, &options, &mut |done, total| io.progress(&say::copying(lang, done, total)))?;
        io.progress_done();
        let key = match (own, store.key_kind()) {
            (true, _) => "own_passphrase",
            (false, KeyKind::Passphrase) => "passphrase",
            (false, KeyKind::KeyFile) => "key_file",
            (false, KeyKind::Unsealed) => "unsealed",
        };
        let mut value = json!(moved);
        value["file"] = json!(path);
        value["key"] = json!(key);
        let key_file = store.home().key_file_path();
        if key == "key_file" {
            value["key_file"] = json!(key_file);
        }
        io.answer(
            &value,
            say::backed_up(lang, &path.display().to_string(), moved.records, moved.entries, moved.bytes),
        )?;
        if key == "key_file" {
            io.remark(say::backup_key_file(lang, &key_file.display().to_string()));
        }
        Ok::<(), Fault>(())
    }
}
