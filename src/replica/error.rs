//! What can go wrong in the replica.

use crate::domain::records::Unreadable;
use crate::domain::refusal::{Reason, Refusal};
use crate::i18n::{Explain, Lang, replica as say};
use crate::store::StoreError;

/// An error of the replica.
#[derive(Debug, thiserror::Error)]
pub enum ReplicaError {
    /// The rules refused the command.
    #[error("{0}")]
    Refused(#[from] Refusal),
    /// The store failed.
    #[error("{0}")]
    Store(#[from] StoreError),
    /// The index did not open.
    #[error("the index did not open: {reason}")]
    NotOpen {
        /// Why.
        reason: String,
    },
    /// The journal holds a command that the index does not; the next start catches up.
    #[error("the index is behind the journal")]
    Behind,
    /// The home holds invented data, which must not reach a server. `enrol.demo_home`
    #[error("a demo does not join a server")]
    DemoHome,
    /// A bulk commit was cancelled; nothing of it stands.
    #[error("cancelled")]
    Cancelled,
}

impl From<Reason> for ReplicaError {
    fn from(reason: Reason) -> ReplicaError {
        ReplicaError::Refused(reason.into())
    }
}

impl From<Unreadable> for ReplicaError {
    fn from(fault: Unreadable) -> ReplicaError {
        ReplicaError::Refused(fault.into())
    }
}

impl Explain for ReplicaError {
    fn code(&self) -> &str {
        match self {
            ReplicaError::Refused(refusal) => refusal.code(),
            ReplicaError::Store(error) => error.code(),
            ReplicaError::NotOpen { .. } => "store.not_open",
            ReplicaError::Behind => "store.read_only",
            ReplicaError::DemoHome => "enrol.demo_home",
            ReplicaError::Cancelled => "cancelled",
        }
    }
    fn field(&self) -> Option<&str> {
        match self {
            ReplicaError::Refused(refusal) => refusal.field(),
            _ => None,
        }
    }
    fn record(&self) -> Option<crate::domain::record::RecordKey> {
        match self {
            ReplicaError::Refused(refusal) => refusal.record(),
            _ => None,
        }
    }
    fn message(&self, lang: Lang) -> String {
        match self {
            ReplicaError::Refused(refusal) => refusal.message(lang),
            ReplicaError::Store(error) => error.message(lang),
            ReplicaError::NotOpen { reason } => say::not_open(lang, reason),
            ReplicaError::Behind => say::behind(lang).to_owned(),
            ReplicaError::DemoHome => say::demo_home(lang).to_owned(),
            ReplicaError::Cancelled => say::cancelled(lang).to_owned(),
        }
    }
    fn remedy(&self, lang: Lang) -> String {
        match self {
            ReplicaError::Refused(refusal) => refusal.remedy(lang),
            ReplicaError::Store(error) => error.remedy(lang),
            ReplicaError::NotOpen { .. } => say::not_open_remedy(lang).to_owned(),
            ReplicaError::Behind => say::behind_remedy(lang).to_owned(),
            ReplicaError::DemoHome => say::demo_home_remedy(lang).to_owned(),
            ReplicaError::Cancelled => say::cancelled_remedy(lang).to_owned(),
        }
    }
}
