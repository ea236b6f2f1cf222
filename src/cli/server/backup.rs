//! `server backup`, `server restore`, `server restored`

use std::path::PathBuf;

use serde_json::json;

use super::place::{self, Place};
use super::{Bureau, Server};
use crate::cli::{CliError, Io, Outcome, backup, restore};
use crate::i18n::cli as say;
use crate::store::StoreError;

/// Writes the county's data into one sealed file, also while the server runs
///
/// For the embedded store; a PostgreSQL database is backed up with its own tools. The backup opens with the key of the
/// server's home, of which a copy must be kept elsewhere, or with --own-passphrase-file.
#[derive(Debug, clap::Args)]
pub struct BackupCounty {
    #[command(flatten)]
    backup: backup::Backup,
}

impl BackupCounty {
    /// Does so.
    pub fn run(&self, bureau: &Bureau<'_>, io: &mut Io<'_>) -> Outcome {
        let embedded = bureau.embedded.ok_or(CliError::ForeignStore)?;
        self.backup.of_store(embedded.store(), io)
    }
}

/// Makes the county's data from a backup, and tells devices to bring back what it lacks
///
/// The home must hold no server's data yet; the server must not run. Devices keep for 90 days what they said: with their
/// next synchronisation they send again what came after the backup.
#[derive(Debug, clap::Args)]
pub struct RestoreCounty {
    #[command(flatten)]
    restore: restore::Restore,
}

impl RestoreCounty {
    /// Does so. No store is open meanwhile.
    pub fn run(&self, passphrase_file: Option<&PathBuf>, io: &mut Io<'_>) -> Outcome {
        let home = place::home(io);
        if home.exists()? {
            return Err(StoreError::RestoreNotEmpty(home.root().to_path_buf()).into());
        }
        place::mark_restored(io)?;
        let moved = match self.restore.make(&home, passphrase_file, io) {
            Ok(moved) => moved,
            Err(fault) => {
                // Nothing was restored, so what may be there is what was there before.
                place::unmark_restored(io)?;
                return Err(fault);
            }
        };
        // From here on whoever opens these data first raises the epoch.
        let place = Place::open(Some("sled"), passphrase_file, io)?;
        let epoch = place.bureau().authority.realm()?.epoch;
        place.close()?;
        let mut value = json!(moved);
        value["home"] = json!(home.root());
        value["epoch"] = json!(epoch);
        let line = say::server_restored(io.lang, moved.records, epoch);
        io.answer(&value, line)
    }
}

/// To be said once after a PostgreSQL database was put back to an earlier state
///
/// The epoch rises: devices fetch their data anew, and send again what the database lacks.
#[derive(Debug, clap::Args)]
pub struct Restored {}

impl Restored {
    /// Does so.
    pub fn run(&self, bureau: &Bureau<'_>, io: &mut Io<'_>) -> Outcome {
        let epoch = bureau.authority.restored()?;
        io.answer(&json!({"epoch": epoch}), say::epoch_risen(io.lang, epoch))
    }
}

impl Server {
    /// The restore, where it is one: it wants the home to itself.
    pub(super) fn restores(&self) -> Option<&RestoreCounty> {
        match &self.act {
            super::Act::Restore(act) => Some(act),
            _ => None,
        }
    }
}
