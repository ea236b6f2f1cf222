//! `restore`

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::json;

use super::{CliError, Fault, Io, Outcome, secret};
use crate::i18n::cli as say;
use crate::store::{Home, KeyFile, Moved, Store, StoreError, Unlock};

/// Makes a home from a backup
///
/// The folder must hold no home. The whole backup is checked before anything is written. A backup made under a key file
/// needs that file: --key-file.
#[derive(Debug, clap::Args)]
pub struct Restore {
    /// The backup
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The key file of the home that the backup was made from
    #[arg(long, value_name = "FILE")]
    key_file: Option<PathBuf>,
}

impl Restore {
    /// Does so. No home is open meanwhile, so this is no command of a desk.
    ///
    /// # Errors
    /// `restore.not_empty`, `backup.damaged`, `home.locked`, `key.wrong_passphrase`, `backup.needs_key`,
    /// `backup.other_key`, and the disk's.
    pub fn run(&self, passphrase_file: Option<&PathBuf>, io: &mut Io<'_>) -> Outcome {
        let home = Home::new(&io.home);
        let (moved, folder) = (self.make(&home, passphrase_file, io)?, io.home.display().to_string());
        let mut value = json!(moved);
        value["home"] = json!(io.home);
        io.answer(&value, say::restored(io.lang, &folder, moved.records, moved.entries))
    }

    /// Makes that home from the backup.
    ///
    /// # Errors
    /// As [`Restore::run`].
    pub fn make(&self, home: &Home, passphrase_file: Option<&PathBuf>, io: &mut Io<'_>) -> Result<Moved, Fault> {
        if home.exists()? {
            return Err(StoreError::RestoreNotEmpty(home.root().to_path_buf()).into());
        }
        let backup = io.path(&self.file);
        // A backup that cannot be read is told as such, before a folder is made for it.
        fs::File::open(&backup).map_err(|error| CliError::file(&backup, &error))?;
        let key_file = self.key_file.as_ref().map(|file| read_key_file(&io.path(file))).transpose()?;
        let named = secret::named(passphrase_file, io)?;
        let given = named.is_some() || key_file.is_some();
        let unlock = match (named, key_file) {
            (_, Some(file)) => Unlock::KeyFile(file),
            (Some(passphrase), None) => Unlock::Passphrase(passphrase),
            (None, None) => Unlock::Nothing,
        };
        let mut done = restore(home, &backup, &unlock, io);
        if matches!(&done, Err(StoreError::Locked)) && !given && io.asks {
            done = restore(home, &backup, &Unlock::Passphrase(secret::ask(io)?), io);
        }
        Ok(done?)
    }
}

fn restore(home: &Home, backup: &Path, unlock: &Unlock, io: &mut Io<'_>) -> Result<Moved, StoreError> {
    let lang = io.lang;
    let done = Store::restore(home, backup, unlock, &mut |done, total| {
        io.progress(&say::copying(lang, done, total));
    });
    io.progress_done();
    done
}

fn read_key_file(file: &Path) -> Result<KeyFile, Fault> {
    let bytes = fs::read(file).map(zeroize::Zeroizing::new).map_err(|error| CliError::file(file, &error))?;
    Ok(KeyFile::parse(&bytes).ok_or(StoreError::BackupOtherKey)?)
}
