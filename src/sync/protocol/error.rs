//! Why a message is refused as a whole.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Hash;
use super::page::short;
use crate::i18n::{Explain, Lang, sync as say};
use crate::sync::feed::Feed;

/// Why the server refused a message. Nothing of it has had an effect; bytes that may help a person are kept aside.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(tag = "error", rename_all = "snake_case")]
pub enum ProtocolError {
    /// The device's program is too old for anything but pushing. `protocol.too_old`
    #[error("protocol {theirs} is older than {oldest}")]
    TooOld {
        /// What the device speaks.
        theirs: u16,
        /// The oldest that is served.
        oldest: u16,
    },
    /// The device's program is newer than the server's. `protocol.too_new`
    #[error("protocol {theirs} is newer than {newest}")]
    TooNew {
        /// What the device speaks.
        theirs: u16,
        /// What the server speaks.
        newest: u16,
    },
    /// More bytes than the limit. `push.too_large`
    #[error("{bytes} bytes are more than {limit}")]
    TooLarge {
        /// How many.
        bytes: u64,
        /// The limit.
        limit: u64,
    },
    /// More commands than the limit. `push.too_many`
    #[error("{commands} commands are more than {limit}")]
    TooMany {
        /// How many.
        commands: u64,
        /// The limit.
        limit: u64,
    },
    /// The bytes are not a message. `push.damaged`
    #[error("not a message: {detail}")]
    Damaged {
        /// What was seen; holds no personal data.
        detail: String,
    },
    /// The seal is not that of the device. `push.forged`
    #[error("the seal does not fit")]
    Forged,
    /// The server does not know the device. `device.unknown`
    #[error("unknown device")]
    UnknownDevice,
    /// The device was revoked. `device.revoked`
    #[error("the device was revoked")]
    Revoked,
    /// None of the device's workers is in service any more. `device.out_of_service`
    #[error("none of the device's workers is in service")]
    OutOfService,
    /// Commands between the server's last and the push's first are missing. `push.gap`
    #[error("expected command {expected}, got {got}")]
    Gap {
        /// The next number that the server can take.
        expected: u64,
        /// The number that the push begins with.
        got: u64,
    },
    /// The same number with another history: a copied disk, or a disk put back from an old copy. `device.cloned`
    #[error("command {seq} has another history here")]
    Cloned {
        /// The first number at which the histories differ, as far as the server can tell.
        seq: u64,
        /// The server's hash there.
        held: Hash,
    },
    /// The server was restored from a backup since. `epoch.changed`
    #[error("the server is in epoch {epoch}")]
    EpochChanged {
        /// The present epoch.
        epoch: u32,
        /// The last command that the server has of this device.
        last_seq: u64,
        /// The chain's hash there.
        last_hash: Hash,
    },
    /// The device does not hold that feed. `feed.not_held`
    #[error("the device does not hold {feed}")]
    NotHeld {
        /// Which.
        feed: Feed,
    },
    /// A cursor that the server cannot go on from: the feed is to be fetched anew. `cursor.unknown`
    #[error("{feed} has no entry {seq}")]
    CursorUnknown {
        /// Which feed.
        feed: Feed,
        /// What the device said.
        seq: u64,
    },
    /// The server is at its limit. `server.busy`
    #[error("the server is busy")]
    Busy {
        /// Seconds to wait.
        retry_after: u32,
    },
    /// The server's database is down or restarting. `server.away`
    #[error("the server's database is away: {detail}")]
    Away {
        /// Seconds to wait.
        retry_after: u32,
        /// What was seen; holds no personal data.
        detail: String,
    },
    /// The server's store failed. `server.failed`
    #[error("the server failed: {detail}")]
    Failed {
        /// What was seen; holds no personal data.
        detail: String,
    },
}

impl ProtocolError {
    /// Whether the same message may succeed later.
    pub fn is_passing(&self) -> bool {
        matches!(self, ProtocolError::Busy { .. } | ProtocolError::Away { .. } | ProtocolError::Failed { .. })
    }

    /// How long the server asks to wait.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            ProtocolError::Busy { retry_after } | ProtocolError::Away { retry_after, .. } => {
                Some(Duration::from_secs((*retry_after).into()))
            }
            _ => None,
        }
    }
}

impl Explain for ProtocolError {
    fn code(&self) -> &str {
        match self {
            ProtocolError::TooOld { .. } => "protocol.too_old",
            ProtocolError::TooNew { .. } => "protocol.too_new",
            ProtocolError::TooLarge { .. } => "push.too_large",
            ProtocolError::TooMany { .. } => "push.too_many",
            ProtocolError::Damaged { .. } => "push.damaged",
            ProtocolError::Forged => "push.forged",
            ProtocolError::UnknownDevice => "device.unknown",
            ProtocolError::Revoked => "device.revoked",
            ProtocolError::OutOfService => "device.out_of_service",
            ProtocolError::Gap { .. } => "push.gap",
            ProtocolError::Cloned { .. } => "device.cloned",
            ProtocolError::EpochChanged { .. } => "epoch.changed",
            ProtocolError::NotHeld { .. } => "feed.not_held",
            ProtocolError::CursorUnknown { .. } => "cursor.unknown",
            ProtocolError::Busy { .. } => "server.busy",
            ProtocolError::Away { .. } => "server.away",
            ProtocolError::Failed { .. } => "server.failed",
        }
    }

    fn field(&self) -> Option<&str> {
        match self {
            ProtocolError::TooOld { .. } | ProtocolError::TooNew { .. } => Some("protocol"),
            ProtocolError::TooLarge { .. } | ProtocolError::TooMany { .. } => Some("commands"),
            ProtocolError::Forged => Some("seal"),
            ProtocolError::UnknownDevice | ProtocolError::Revoked | ProtocolError::OutOfService => Some("device"),
            ProtocolError::Gap { .. } => Some("first"),
            ProtocolError::Cloned { .. } => Some("prev"),
            ProtocolError::EpochChanged { .. } => Some("epoch"),
            ProtocolError::NotHeld { .. } => Some("feeds"),
            ProtocolError::CursorUnknown { .. } => Some("known"),
            ProtocolError::Damaged { .. }
            | ProtocolError::Busy { .. }
            | ProtocolError::Away { .. }
            | ProtocolError::Failed { .. } => None,
        }
    }

    fn message(&self, lang: Lang) -> String {
        match self {
            ProtocolError::TooOld { theirs, oldest } => say::too_old(lang, *theirs, *oldest),
            ProtocolError::TooNew { theirs, newest } => say::too_new(lang, *theirs, *newest),
            ProtocolError::TooLarge { bytes, limit } => say::too_large(lang, *bytes, *limit),
            ProtocolError::TooMany { commands, limit } => say::too_many(lang, *commands, *limit),
            ProtocolError::Damaged { detail } => say::damaged(lang, detail),
            ProtocolError::Forged => say::forged(lang).into(),
            ProtocolError::UnknownDevice => say::unknown_device(lang).into(),
            ProtocolError::Revoked => say::revoked(lang).into(),
            ProtocolError::OutOfService => say::out_of_service(lang).into(),
            ProtocolError::Gap { expected, got } => say::gap(lang, *expected, *got),
            ProtocolError::Cloned { seq, held } => say::cloned(lang, *seq, &short(held)),
            ProtocolError::EpochChanged { epoch, .. } => say::epoch_changed(lang, *epoch),
            ProtocolError::NotHeld { feed } => say::not_held(lang, &feed.to_string()),
            ProtocolError::CursorUnknown { feed, seq } => say::cursor_unknown(lang, &feed.to_string(), *seq),
            ProtocolError::Busy { retry_after } => say::busy(lang, *retry_after),
            ProtocolError::Away { retry_after, .. } => say::away(lang, *retry_after),
            ProtocolError::Failed { detail } => say::failed(lang, detail),
        }
    }

    fn remedy(&self, lang: Lang) -> String {
        match self {
            ProtocolError::TooOld { .. } => say::too_old_remedy(lang),
            ProtocolError::TooNew { .. } => say::too_new_remedy(lang),
            ProtocolError::TooLarge { .. } | ProtocolError::TooMany { .. } => say::too_large_remedy(lang),
            ProtocolError::Damaged { .. } => say::damaged_remedy(lang),
            ProtocolError::Forged => say::forged_remedy(lang),
            ProtocolError::UnknownDevice => say::unknown_device_remedy(lang),
            ProtocolError::Revoked => say::revoked_remedy(lang),
            ProtocolError::OutOfService => say::out_of_service_remedy(lang),
            ProtocolError::Gap { .. } => say::gap_remedy(lang),
            ProtocolError::Cloned { .. } => say::cloned_remedy(lang),
            ProtocolError::EpochChanged { .. } => say::epoch_changed_remedy(lang),
            ProtocolError::NotHeld { .. } => say::not_held_remedy(lang),
            ProtocolError::CursorUnknown { .. } => say::cursor_unknown_remedy(lang),
            ProtocolError::Busy { .. } => say::busy_remedy(lang),
            ProtocolError::Away { .. } => say::away_remedy(lang),
            ProtocolError::Failed { .. } => say::failed_remedy(lang),
        }
        .into()
    }
}
