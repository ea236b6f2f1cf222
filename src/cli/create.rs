//! Making a home, where a command may be the first on it.

use std::path::PathBuf;
use std::sync::Arc;

use super::import::Import;
use super::{Fault, Io, Outcome, reach, secret};
use crate::desk::Desk;
use crate::domain::moment::Now;
use crate::domain::text;
use crate::i18n::cli as say;
use crate::replica::{Replica, ReplicaError};
use crate::store::disk::MemDisk;
use crate::store::envelope::MIN_PASSPHRASE;
use crate::store::{Home, Kdf, KeyMode, StoreError};

/// The home of a demo: invented data need no passphrase.
pub fn for_demo(home: &Home) -> Result<Replica, ReplicaError> {
    Replica::create(home.clone(), &KeyMode::KeyFile)
}

/// An import that makes the home. The files are read first: what cannot be read makes none. A dry run is carried out on a
/// home in memory.
pub fn first_import(import: &Import, home: &Home, passphrase_file: Option<&PathBuf>, io: &mut Io<'_>) -> Outcome {
    let source = import.read(io)?;
    let name = worker_name(import.worker_name.as_deref());
    if import.is_dry() {
        let replica = Replica::create(Home::on(Arc::new(MemDisk::new()), &io.home), &KeyMode::Unsealed)?;
        Desk::settle_in(&replica, &name, io.now)?;
        return import.take_in(&Desk::new(Arc::new(replica), None), source, io);
    }
    let mode = key_mode(import.unsealed, passphrase_file, io)?;
    let replica = Arc::new(Replica::create(home.clone(), &mode)?);
    match &mode {
        KeyMode::Passphrase(..) => {}
        KeyMode::KeyFile => io.remark(say::made_key_file(io.lang, &home.key_file_path().display().to_string())),
        KeyMode::Unsealed => io.remark(say::made_unsealed(io.lang)),
    }
    let worker = Desk::settle_in(&replica, &name, io.now)?;
    let outcome = import.take_in(&Desk::new(replica.clone(), Some(worker)), source, io);
    let closed = reach::close(replica, 0);
    outcome.and(closed)
}

/// The home of a first start of the console, empty. `None` where somebody else makes one at
/// this moment.
pub fn first_start(home: &Home, passphrase_file: Option<&PathBuf>, io: &mut Io<'_>) -> Result<Option<Replica>, Fault> {
    io.remark(say::first_start(io.lang, &io.home.display().to_string()));
    let passphrase = match secret::named(passphrase_file, io)? {
        Some(passphrase) => Some(passphrase),
        None => secret::ask_new_or_none(io, &say::ask_first_passphrase(io.lang, MIN_PASSPHRASE))?,
    };
    let mode = passphrase.map_or(KeyMode::KeyFile, |passphrase| KeyMode::Passphrase(passphrase, Kdf::default()));
    match Replica::create(home.clone(), &mode) {
        // Who works there is asked on the console's first screen.
        Ok(replica) => Ok(Some(replica)),
        Err(ReplicaError::Store(StoreError::Exists(_) | StoreError::InUse(_))) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Puts the first worker into a home that has none because its making was cut off: whoever goes on with it works there.
pub fn settle_if_cut_off(replica: &Replica, name: Option<&str>, now: Now) -> Result<(), ReplicaError> {
    if replica.store().last_seq() > 0 {
        return Ok(());
    }
    replica.open_records(now.today())?;
    Desk::settle_in(replica, &worker_name(name), now).map(drop)
}

/// How a new home keeps its key: sealed by a passphrase where there is one or somebody to ask, else by a key file.
pub fn key_mode(unsealed: bool, passphrase_file: Option<&PathBuf>, io: &mut Io<'_>) -> Result<KeyMode, Fault> {
    if unsealed {
        return Ok(KeyMode::Unsealed);
    }
    if let Some(passphrase) = secret::named(passphrase_file, io)? {
        return Ok(KeyMode::Passphrase(passphrase, Kdf::default()));
    }
    if io.asks && !io.json {
        return Ok(KeyMode::Passphrase(secret::ask_new(io)?, Kdf::default()));
    }
    Ok(KeyMode::KeyFile)
}

/// The name of the first worker: as given, else the one of the login.
fn worker_name(given: Option<&str>) -> String {
    let logins = ["USER", "LOGNAME"].into_iter().filter_map(|name| std::env::var(name).ok());
    given
        .map(str::to_owned)
        .into_iter()
        .chain(logins)
        .filter_map(|name| text::clean_name(&name, 60).ok())
        .find(|name| !name.is_empty())
        .unwrap_or_else(|| say::first_worker(crate::i18n::Lang::Zh).to_owned())
}
