//! Making a home, and the first step of opening one.

use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use std::sync::{Mutex, RwLock};

use serde::Serialize;

use super::checkpoint::{Checkpoint, checked_line, with_checksum};
use super::disk::{self, LockGuard};
use super::envelope::{self, Envelope, KeyKind, KeyMode, Unlock};
use super::error::{At, Part, Result, StoreError};
use super::home::Home;
use super::journal::Journal;
use super::report::Finding;
use super::seal::{Keys, Purpose, fill_random, random_secret};
use super::{Options, Seq, Store, rows, snapshot};

/// What the first step of opening found.
#[derive(Debug, Clone, Serialize)]
pub struct OpenReport {
    /// How the home keeps its key.
    pub key: KeyKind,
    /// The seq of the last entry.
    pub last_seq: Seq,
    /// Whether the last run neither closed the home nor ended with the machine running on: a power cut or a crash of
    /// the system. [`Store::recover`] then checks the whole index.
    pub power_lost: bool,
    /// What was found and done.
    pub findings: Vec<Finding>,
}

pub(super) fn create(home: Home, mode: &KeyMode, options: Options) -> Result<(Store, OpenReport)> {
    let lock = home.own()?;
    if home.exists()? {
        return Err(StoreError::Exists(home.root.clone()));
    }
    put_leftovers_aside(&home)?;
    home.make_folders()?;
    let mut home_id = [0; 16];
    fill_random(&mut home_id)?;
    let envelope = Envelope::wrap(&home, &home_id, mode, &random_secret()?)?;
    // From here on there is a home; all else is made when it is missing.
    envelope::save(&home, &envelope)?;
    let unlock = match mode {
        KeyMode::Passphrase(passphrase, _) => Unlock::Passphrase(passphrase.clone()),
        KeyMode::KeyFile | KeyMode::Unsealed => Unlock::Nothing,
    };
    let keys = envelope.unwrap(&home, &unlock)?;
    open_with_keys(home, home_id, keys, envelope.mode, options, lock, Vec::new())
}

pub(super) fn open(home: Home, unlock: &Unlock, options: Options) -> Result<(Store, OpenReport)> {
    if !home.exists()? {
        return Err(StoreError::Missing(home.root.clone()));
    }
    let lock = home.own()?;
    let loaded = envelope::load(&home)?;
    let keys = loaded.envelope.unwrap(&home, unlock)?;
    let mut findings = Vec::new();
    if loaded.needs_repair {
        home.make_folders()?;
        match envelope::save(&home, &loaded.envelope) {
            Ok(()) => findings.push(Finding::KeyCopyRepaired),
            Err(StoreError::DiskFull) => {}
            Err(error) => return Err(error),
        }
    }
    let home_id = loaded.envelope.home_id()?;
    open_with_keys(home, home_id, keys, loaded.envelope.mode, options, lock, findings)
}

fn open_with_keys(
    home: Home,
    home_id: [u8; 16],
    keys: Keys,
    kind: KeyKind,
    options: Options,
    lock: Box<dyn LockGuard>,
    mut findings: Vec<Finding>,
) -> Result<(Store, OpenReport)> {
    home.make_folders()?;
    let generation = read_generation(&home, &mut findings)?;
    let before = match Checkpoint::read(&home)? {
        Ok(before) => before,
        Err(()) => {
            let kept = home.quarantine(&home.checkpoint_path()).ok();
            findings.push(Finding::Unusable { part: Part::Index, kept });
            // Nothing is known about the last run: take it for one that ended badly.
            Some(Checkpoint { last_seq: 0, applied_seq: 0, clean: false, settled: false, boot: None })
        }
    };
    // Whatever is stamped with a seq proves that the entry of this seq was acknowledged.
    let proofs = [
        before.as_ref().map(|checkpoint| checkpoint.last_seq),
        rows::stamp(&*home.disk, &home.rows_path(), &home_id),
        snapshot::list(&home)?.first().map(|(applied, _)| *applied),
    ];
    let proof = proofs.into_iter().flatten().max().unwrap_or(0);
    let opened = Journal::open(&home, home_id, keys.sealer(Purpose::Journal), proof, options.segment_bytes)?;
    findings.extend(opened.findings);
    let boot = home.disk.boot_id();
    let report = OpenReport {
        key: kind,
        last_seq: opened.journal.last_seq(),
        power_lost: before.as_ref().is_some_and(|before| before.power_may_have_been_lost(boot.as_deref())),
        findings,
    };
    let store = Store {
        home,
        home_id,
        keys,
        kind: Mutex::new(kind),
        options,
        journal: opened.journal,
        index: RwLock::new(None),
        generation: Mutex::new(generation),
        untouched: Mutex::new(before.as_ref().is_some_and(|before| before.clean)),
        settled: AtomicBool::new(false),
        before,
        quiet: RwLock::new(()),
        _lock: lock,
    };
    Ok((store, report))
}

/// The folder of a generation.
pub(super) fn generation_path(home: &Home, number: u32) -> PathBuf {
    home.root.join(format!("g{number:04}"))
}

/// Names a generation as the one in use, as one step.
pub(super) fn write_generation(home: &Home, number: u32) -> Result<()> {
    let path = home.current_path();
    let line = with_checksum(format!("g{number:04}").into_bytes());
    disk::replace_file(&*home.disk, &path, &line).at("write", &path)
}

/// The generation in use. Without a good pointer it is the newest folder: a new generation gets its name only when it
/// is complete, and from then until the pointer is swapped nothing is written to the old one.
fn read_generation(home: &Home, findings: &mut Vec<Finding>) -> Result<u32> {
    let path = home.current_path();
    let written = match disk::read_file(&*home.disk, &path, 64) {
        Ok(bytes) => Some(bytes),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
        Err(error) if error.kind() == std::io::ErrorKind::FileTooLarge => Some(Vec::new()),
        Err(error) => return Err(StoreError::io("read", &path, error)),
    };
    let named = written
        .as_deref()
        .and_then(checked_line)
        .and_then(|line| std::str::from_utf8(line).ok())
        .and_then(generation_number);
    let listed = home.disk.list(&home.root).at("read", &home.root)?;
    let newest = listed.iter().filter(|entry| entry.is_dir).filter_map(|entry| generation_number(&entry.name)).max();
    let is_there = |number| listed.iter().any(|entry| generation_number(&entry.name) == Some(number));
    if let Some(number) = named
        && (is_there(number) || newest.is_none())
    {
        return Ok(number);
    }
    match write_generation(home, newest.unwrap_or(1)) {
        Ok(()) | Err(StoreError::DiskFull) => {}
        Err(error) => return Err(error),
    }
    if written.is_some() || newest.is_some() {
        findings.push(Finding::PointerRepaired);
    }
    Ok(newest.unwrap_or(1))
}

/// `g0007` is 7.
pub(super) fn generation_number(name: &str) -> Option<u32> {
    let digits = name.strip_prefix('g')?;
    if digits.len() < 4 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    digits.parse().ok()
}

/// Whatever lies in a folder without a key envelope is no use to the new home, but may be to a technician.
fn put_leftovers_aside(home: &Home) -> Result<()> {
    for entry in home.disk.list(&home.root).at("read", &home.root)? {
        let ours = entry.name == "journal"
            || entry.name == "rows"
            || entry.name == "current"
            || entry.name == "checkpoint"
            || entry.name.starts_with("snapshot-")
            || generation_number(&entry.name).is_some();
        let path = home.root.join(&entry.name);
        let empty = entry.is_dir && home.disk.list(&path).is_ok_and(|listed| listed.is_empty());
        if ours && !empty {
            home.quarantine(&path)?;
        }
    }
    Ok(())
}
