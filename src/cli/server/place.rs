//! The server's data: which store, and how it is opened.

use std::path::PathBuf;
use std::sync::Arc;

use rand::RngExt as _;

use super::Bureau;
use crate::central::Authority;
use crate::central::enrolment::County;
use crate::central::postgres::PostgresStore;
use crate::central::store::Embedded;
use crate::cli::{CliError, Fault, Io, Outcome, create, reach};
use crate::domain::id::DeviceId;
use crate::store::{Home, StoreError, Unlock};

/// The home of the server's data.
pub fn home(io: &Io<'_>) -> Home {
    Home::new(io.home.join("server"))
}

/// An open store of a server.
pub struct Place {
    /// The county in it.
    pub county: Arc<dyn County>,
    /// The embedded store, where it is that one.
    pub embedded: Option<Embedded>,
    /// What is told of the store: `sled` or `postgres`.
    pub kind: &'static str,
    authority: Authority,
}

impl Place {
    /// Opens the store that was asked for, else the one that this home served last, and founds the county where it is new.
    pub fn open(store: Option<&str>, passphrase_file: Option<&PathBuf>, io: &mut Io<'_>) -> Result<Place, Fault> {
        let from_env = || std::env::var("ZHULIAN_STORE").ok().filter(|store| !store.is_empty());
        let chosen = store.map(str::to_owned).or_else(from_env).or_else(|| remembered(io));
        let place = match chosen.as_deref() {
            None | Some("sled") => embedded(passphrase_file, io)?,
            Some(url) if url.starts_with("postgres://") || url.starts_with("postgresql://") => {
                let county: Arc<dyn County> = Arc::new(PostgresStore::connect(url)?);
                Place { authority: Authority::new(county.clone()), county, embedded: None, kind: "postgres" }
            }
            Some(other) => {
                let expected =
                    ("sled 或 postgres://用户:口令@主机/库", "sled or postgres://user:password@host/database");
                return Err(CliError::Value {
                    option: "store",
                    value: crate::cli::secret::without_password(other),
                    expected,
                }
                .into());
            }
        };
        let mut key = [0; 32];
        rand::rng().fill(&mut key);
        place.authority.found(DeviceId::new(), key)?;
        if place.embedded.is_some() && restored(io).exists() {
            place.authority.restored()?;
            unmark_restored(io)?;
        }
        Ok(place)
    }

    /// What is administered.
    pub fn bureau(&self) -> Bureau<'_> {
        Bureau { authority: &self.authority, county: &*self.county, embedded: self.embedded.as_ref() }
    }

    /// Lets go of the store, so that the next start is quick.
    pub fn close(self) -> Outcome {
        match self.embedded {
            Some(embedded) => Ok(embedded.store().checkpoint()?),
            None => Ok(()),
        }
    }
}

fn embedded(passphrase_file: Option<&PathBuf>, io: &mut Io<'_>) -> Result<Place, Fault> {
    let home = home(io);
    let (mode, unlock) = if home.exists()? {
        (crate::store::KeyMode::KeyFile, reach::unlock_of(&home, passphrase_file, io)?)
    } else {
        // A server starts without anybody at it, so its key is in a file unless a passphrase file is named.
        let mode = match crate::cli::secret::named(passphrase_file, io)? {
            Some(_) => create::key_mode(false, passphrase_file, io)?,
            None => crate::store::KeyMode::KeyFile,
        };
        (mode, Unlock::Nothing)
    };
    let (embedded, findings) = Embedded::open(home, &mode, &unlock)?;
    for finding in &findings {
        reach::report(finding, io);
    }
    let county: Arc<dyn County> = Arc::new(embedded.county());
    Ok(Place { authority: Authority::new(county.clone()), county, embedded: Some(embedded), kind: "sled" })
}

/// The mark that the data were made from a backup and nobody has raised the epoch yet. It lies beside the data, and is
/// written before them: a restore that is cut off anywhere cannot pass for the county as devices know it.
fn restored(io: &Io<'_>) -> PathBuf {
    io.home.join("server.restored")
}

/// Sets that mark.
pub fn mark_restored(io: &Io<'_>) -> Outcome {
    let path = restored(io);
    let written = std::fs::create_dir_all(&io.home).and_then(|()| {
        let file = std::fs::File::create(&path)?;
        file.sync_all()?;
        std::fs::File::open(&io.home)?.sync_all()
    });
    written.map_err(|error| CliError::file(&path, &error).into())
}

/// Takes that mark away.
pub fn unmark_restored(io: &Io<'_>) -> Outcome {
    let path = restored(io);
    std::fs::remove_file(&path).map_err(|error| CliError::file(&path, &error).into())
}

fn note(io: &Io<'_>) -> PathBuf {
    io.home.join("server").join("store")
}

/// The store that this home served last.
fn remembered(io: &Io<'_>) -> Option<String> {
    std::fs::read_to_string(note(io)).ok().map(|url| url.trim().to_owned()).filter(|url| !url.is_empty())
}

/// Notes a store that lies elsewhere, for the commands of this home; readable by its owner alone, for there may be a
/// password in it.
pub fn remember(url: &str, io: &Io<'_>) -> Result<(), Fault> {
    use std::io::Write as _;
    use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
    let path = note(io);
    let written = (|| {
        std::fs::DirBuilder::new().recursive(true).mode(0o700).create(io.home.join("server"))?;
        let mut file = std::fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&path)?;
        file.write_all(url.as_bytes())
    })();
    written.map_err(|error: std::io::Error| CliError::file(&path, &error).into())
}

/// The owner of the embedded store listens for commands; on PostgreSQL whoever is first on this home does.
pub fn lock(io: &Io<'_>) -> Result<Option<Box<dyn crate::store::disk::LockGuard>>, Fault> {
    match home(io).own() {
        Ok(lock) => Ok(Some(lock)),
        Err(StoreError::InUse(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
