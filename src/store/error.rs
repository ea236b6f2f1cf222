//! What can go wrong in the store, with a stable code for each.

use std::io;
use std::path::{Path, PathBuf};

use crate::i18n::{Explain, Lang, store as text};

/// A result of the store.
pub type Result<T> = std::result::Result<T, StoreError>;

/// Why the store refused or failed. Each has a stable code (see [`Explain::code`]).
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The home is sealed by a passphrase and none was given. `home.locked`
    #[error("the home is sealed by a passphrase")]
    Locked,
    /// Another process owns the home. `home.in_use`
    #[error("the home is in use by process {0:?}")]
    InUse(Option<u32>),
    /// There is no home in this folder. `home.missing`
    #[error("no home at {0}")]
    Missing(PathBuf),
    /// There already is a home, or something else, in this folder. `home.exists`
    #[error("{0} already holds a home")]
    Exists(PathBuf),
    /// The passphrase does not open the key envelope. `key.wrong_passphrase`
    #[error("wrong passphrase")]
    WrongPassphrase,
    /// The key file does not open the key envelope, or is absent. `key.wrong_file`
    #[error("the key file at {0} is absent or belongs to another home")]
    WrongKeyFile(PathBuf),
    /// Both copies of the key envelope are damaged or absent. `key.damaged`
    #[error("the key envelope is damaged: {0}")]
    KeyDamaged(String),
    /// A passphrase shorter than [`super::envelope::MIN_PASSPHRASE`] characters. `key.too_short`
    #[error("the passphrase is too short")]
    PassphraseTooShort,
    /// Bytes that fail their checksum, seal or order. What they were stays in the quarantine. `store.corrupt`
    #[error("{what:?} is damaged: {detail}")]
    Corrupt {
        /// Which part of the home.
        what: Part,
        /// What was seen, for a bug report; holds no personal data.
        detail: String,
    },
    /// The store no longer writes, because the disk failed. `store.read_only`
    #[error("the store is read-only: {0}")]
    ReadOnly(String),
    /// No room on the disk. `store.disk_full`
    #[error("the disk is full")]
    DiskFull,
    /// Written by a newer version of the program. `store.too_new`
    #[error("{what:?} has version {version}, which this program does not know")]
    TooNew {
        /// Which part of the home.
        what: Part,
        /// The version byte that was found.
        version: u8,
    },
    /// An entry or a value above the limit. `store.too_large`
    #[error("{bytes} bytes are more than the limit of {limit}")]
    TooLarge {
        /// Its size in bytes.
        bytes: u64,
        /// The limit in bytes.
        limit: u64,
    },
    /// The index is not open yet (the second step of opening). `store.not_ready`
    #[error("the index is not open yet")]
    NotReady,
    /// The entry is older than what the journal still holds, or newer than its end. `store.no_such_entry`
    #[error("the journal has no entry {0}")]
    NoSuchEntry(u64),
    /// A use of the store that its contract forbids. `store.misuse`
    #[error("the store was used wrongly: {0}")]
    Misuse(&'static str),
    /// The bytes do not decode to what was asked for. `store.undecodable`
    #[error("the bytes cannot be decoded: {0}")]
    Undecodable(String),
    /// A backup file that fails its checks. `backup.damaged`
    #[error("the backup is damaged: {0}")]
    BackupDamaged(String),
    /// The backup needs the key file of the home it was made from, and none was given. `backup.needs_key`
    #[error("the backup needs the key file of its home")]
    BackupNeedsKey,
    /// The key file that was given is none, or belongs to another home than the backup. `backup.other_key`
    #[error("the key file does not open the backup")]
    BackupOtherKey,
    /// The folder to restore into is not empty. `restore.not_empty`
    #[error("{0} is not empty")]
    RestoreNotEmpty(PathBuf),
    /// The operating system refused. `store.io`
    #[error("{action} {path}: {source}")]
    Io {
        /// What was tried.
        action: &'static str,
        /// On which file.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
}

/// The parts of a home that can be damaged one by one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// The journal of commands.
    Journal,
    /// The index of records.
    Index,
    /// The file of list rows.
    Rows,
    /// A snapshot.
    Snapshot,
    /// The key envelope.
    Key,
    /// A draft.
    Draft,
    /// A record or another encoded value.
    Record,
}

impl Part {
    /// Its name for a person.
    pub fn name(self, lang: Lang) -> &'static str {
        match self {
            Part::Journal => text::part_journal(lang),
            Part::Index => text::part_index(lang),
            Part::Rows => text::part_rows(lang),
            Part::Snapshot => text::part_snapshot(lang),
            Part::Key => text::part_key(lang),
            Part::Draft => text::part_draft(lang),
            Part::Record => text::part_record(lang),
        }
    }
}

impl StoreError {
    /// Damage of a part.
    pub fn corrupt(what: Part, detail: impl Into<String>) -> StoreError {
        StoreError::Corrupt { what, detail: detail.into() }
    }

    /// The system's answer to an action on a file; a full disk becomes [`StoreError::DiskFull`].
    pub fn io(action: &'static str, path: &Path, source: io::Error) -> StoreError {
        if super::disk::is_full(&source) {
            return StoreError::DiskFull;
        }
        StoreError::Io { action, path: path.to_owned(), source }
    }
}

/// Gives an `io::Result` its action and file.
pub(crate) trait At<T> {
    /// Names the action and the file of an error.
    fn at(self, action: &'static str, path: &Path) -> Result<T>;
}

impl<T> At<T> for io::Result<T> {
    fn at(self, action: &'static str, path: &Path) -> Result<T> {
        self.map_err(|source| StoreError::io(action, path, source))
    }
}

impl Explain for StoreError {
    fn code(&self) -> &str {
        match self {
            StoreError::Locked => "home.locked",
            StoreError::InUse(_) => "home.in_use",
            StoreError::Missing(_) => "home.missing",
            StoreError::Exists(_) => "home.exists",
            StoreError::WrongPassphrase => "key.wrong_passphrase",
            StoreError::WrongKeyFile(_) => "key.wrong_file",
            StoreError::KeyDamaged(_) => "key.damaged",
            StoreError::PassphraseTooShort => "key.too_short",
            StoreError::Corrupt { .. } => "store.corrupt",
            StoreError::ReadOnly(_) => "store.read_only",
            StoreError::DiskFull => "store.disk_full",
            StoreError::TooNew { .. } => "store.too_new",
            StoreError::TooLarge { .. } => "store.too_large",
            StoreError::NotReady => "store.not_ready",
            StoreError::NoSuchEntry(_) => "store.no_such_entry",
            StoreError::Misuse(_) => "store.misuse",
            StoreError::Undecodable(_) => "store.undecodable",
            StoreError::BackupDamaged(_) => "backup.damaged",
            StoreError::BackupNeedsKey => "backup.needs_key",
            StoreError::BackupOtherKey => "backup.other_key",
            StoreError::RestoreNotEmpty(_) => "restore.not_empty",
            StoreError::Io { .. } => "store.io",
        }
    }

    fn message(&self, lang: Lang) -> String {
        match self {
            StoreError::Locked => text::locked(lang).into(),
            StoreError::InUse(Some(pid)) => text::in_use_by(lang, *pid),
            StoreError::InUse(None) => text::in_use(lang).into(),
            StoreError::Missing(path) => text::missing(lang, path.display().to_string()),
            StoreError::Exists(path) => text::exists(lang, path.display().to_string()),
            StoreError::WrongPassphrase => text::wrong_passphrase(lang).into(),
            StoreError::WrongKeyFile(path) => text::wrong_key_file(lang, path.display().to_string()),
            StoreError::KeyDamaged(_) => text::key_damaged(lang).into(),
            StoreError::PassphraseTooShort => text::passphrase_too_short(lang, super::envelope::MIN_PASSPHRASE),
            StoreError::Corrupt { what, .. } => text::corrupt(lang, what.name(lang)),
            StoreError::ReadOnly(_) => text::read_only(lang).into(),
            StoreError::DiskFull => text::disk_full(lang).into(),
            StoreError::TooNew { what, version } => text::too_new(lang, what.name(lang), *version),
            StoreError::TooLarge { bytes, limit } => text::too_large(lang, *bytes, *limit),
            StoreError::NotReady => text::not_ready(lang).into(),
            StoreError::NoSuchEntry(seq) => text::no_such_entry(lang, *seq),
            StoreError::Misuse(_) => text::misuse(lang).into(),
            StoreError::Undecodable(_) => text::undecodable(lang).into(),
            StoreError::BackupDamaged(_) => text::backup_damaged(lang).into(),
            StoreError::BackupNeedsKey => text::backup_needs_key(lang).into(),
            StoreError::BackupOtherKey => text::backup_other_key(lang).into(),
            StoreError::RestoreNotEmpty(path) => text::restore_not_empty(lang, path.display().to_string()),
            StoreError::Io { path, source, .. } => text::io(lang, path.display().to_string(), source.to_string()),
        }
    }

    fn remedy(&self, lang: Lang) -> String {
        match self {
            StoreError::Locked => text::locked_remedy(lang),
            StoreError::InUse(_) => text::in_use_remedy(lang),
            StoreError::Missing(_) => text::missing_remedy(lang),
            StoreError::Exists(_) => text::exists_remedy(lang),
            StoreError::WrongPassphrase => text::wrong_passphrase_remedy(lang),
            StoreError::WrongKeyFile(_) => text::wrong_key_file_remedy(lang),
            StoreError::KeyDamaged(_) => text::key_damaged_remedy(lang),
            StoreError::PassphraseTooShort => text::passphrase_too_short_remedy(lang),
            StoreError::Corrupt { .. } => text::corrupt_remedy(lang),
            StoreError::ReadOnly(_) => text::read_only_remedy(lang),
            StoreError::DiskFull => text::disk_full_remedy(lang),
            StoreError::TooNew { .. } => text::too_new_remedy(lang),
            StoreError::TooLarge { .. } => text::too_large_remedy(lang),
            StoreError::NotReady => text::not_ready_remedy(lang),
            StoreError::NoSuchEntry(_) | StoreError::Undecodable(_) | StoreError::Misuse(_) => {
                text::report_remedy(lang)
            }
            StoreError::BackupDamaged(_) => text::backup_damaged_remedy(lang),
            StoreError::BackupNeedsKey => text::backup_needs_key_remedy(lang),
            StoreError::BackupOtherKey => text::backup_other_key_remedy(lang),
            StoreError::RestoreNotEmpty(_) => text::restore_not_empty_remedy(lang),
            StoreError::Io { .. } => text::io_remedy(lang),
        }
        .into()
    }
}
