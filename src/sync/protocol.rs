//! The protocol between devices and the central server, on one page.
//!
//! # Invariants
//! 1. **A command's name is (device, seq)**, contiguous from 1. Its bytes are fixed when the device's journal holds
//!    them; the server keeps those very bytes, whatever it thinks of them.
//! 2. **One verdict for each name.** The server decides a name once and stores the verdict with the bytes. A push that
//!    is sent again gets the stored verdicts and has no further effect. One verdict is not the last word: after a
//!    restore, a command that builds on a record which its author's device has not sent again yet is told to wait
//!    ([`Outcome::waits`]). It is decided, once, when the record comes; the device sends it again to hear of it.
//! 3. **A chain.** Each name carries a hash over the one before it ([`chain`]). The server holds the last seq and hash
//!    of each device: a gap, a fork (a copied disk) and a changed byte are each seen and each has its own code.
//! 4. **Nothing blocks the queue.** A command that is refused, that cannot be decoded, or on which a rule fails gets a
//!    refused verdict; the next one is decided. A refused push as a whole changes nothing on the server.
//! 5. **Feeds have no gaps.** The entries of a feed are numbered from 1 without holes and become visible in order. A page
//!    ends where every command in it is whole, in all the feeds that the device holds; its entries and its cursors are
//!    applied together or not at all.
//! 6. **Leave and enter come together.** A household that moves leaves one feed and enters the other in one command; a
//!    device that holds both sees both in one page.
//! 7. **Only the server grants.** A claim made offline is tentative. A unit of a wish has at most one holder in the
//!    server's store, by a uniqueness rule, not by clocks. Fencing numbers of a wish only rise, also across restores.
//! 8. **Clocks order what is shown, never what is safe.** No command is refused because of its time.
//! 9. **Epochs.** A server that was restored from a backup has a higher epoch. Cursors and feed numbers of an earlier
//!    epoch mean nothing; names and hashes keep their meaning, and devices send again what the server lacks.
//! 10. **A page can be applied twice.** Each file remembers the feed number it is as of.
//!
//! # Messages
//! | message | answer | for |
//! |---|---|---|
//! | [`Hello`] | [`Welcome`] | versions, epoch, limits, the server's clock |
//! | [`Parcel`] around a [`Push`] | [`PushReply`] | commands up, verdicts down |
//! | [`Pull`] | [`Page`] | what changed in the device's feeds |
//! | [`Bootstrap`] | [`Chunk`] | whole feeds, in pieces that can be resumed |
//!
//! A round is push until all is acknowledged, push again what waits on the server, then pull until [`Page::more`] is false. A page that lists feeds in
//! [`Page::bootstrap`] asks for a [`Bootstrap`] of these first. A page that lists feeds in [`Page::dropped`] tells the
//! device that they are no longer its own: it purges them once its queue is empty.
//!
//! Messages are MessagePack with field names behind a version byte, compressed with zstd where that pays (the crate's
//! own codec), so that either side skips the fields of a newer version of the other. A [`Parcel`] is what travels by HTTP
//! and by file alike: the bytes of a push with the device's seal (HMAC-SM3 under the device's key). A reply that travels
//! by file is sealed under the same key ([`SealedReply`]); by HTTP the line itself is (TLS).
//!
//! # Versions
//! The server speaks [`PROTOCOL`] and the two before it ([`accepts`]). A device that is older still may push (its
//! commands name themselves), and nothing else. A device that is newer than the server is told so.
//!
//! # Errors
//! A push, pull or bootstrap that is refused as a whole gets a [`ProtocolError`], with a stable code, the field and the
//! remedy in both languages. Refusals of single commands are verdicts ([`Outcome::Refused`]).

use serde::{Deserialize, Serialize};

use crate::domain::id::DeviceId;
use crate::domain::moment::Moment;

pub mod bytes;
pub mod chain;
mod error;
mod page;
mod parcel;
mod verdict;

pub use bytes::Bytes;
pub use chain::Hash;
pub use error::ProtocolError;
pub use page::{
    Bootstrap, Cause, Chunk, Complete, Cursor, Cursors, Effect, Entry, Item, ItemKey, Known, Page, Part, Pull, Resume,
    digest, territories_digest,
};
pub use parcel::{MAX_FILE, Parcel, SealedReply, Secret};
pub use verdict::{Lost, LostClaim, Outcome, SimilarWish, Told, Verdict};

/// The version of the protocol that this program speaks.
pub const PROTOCOL: u16 = 1;

/// How many earlier versions the server still speaks.
pub const EARLIER: u16 = 2;

/// The most commands in one push.
pub const MAX_COMMANDS: usize = 1000;
/// The most bytes of a push after decompression.
pub const MAX_PUSH: usize = 8 << 20;
/// The most bytes of one command. A larger one gets a refused verdict.
pub const MAX_COMMAND: usize = 1 << 20;
/// The most bytes of a page or chunk, unless one command alone makes more.
pub const MAX_PAGE: usize = 1 << 20;
/// Days that a device keeps acknowledged commands, to bring back what a restored server lacks.
pub const KEEP_DAYS: i64 = 90;

/// Whether a program that speaks `ours` serves one that speaks `theirs`, beyond taking its pushes.
///
/// # Errors
/// `protocol.too_old`, `protocol.too_new`.
pub fn accepts(theirs: u16, ours: u16) -> Result<(), ProtocolError> {
    let oldest = ours.saturating_sub(EARLIER).max(1);
    if theirs < oldest {
        Err(ProtocolError::TooOld { theirs, oldest })
    } else if theirs > ours {
        Err(ProtocolError::TooNew { theirs, newest: ours })
    } else {
        Ok(())
    }
}

/// The first word of a device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hello {
    /// The version that the device speaks.
    pub protocol: u16,
    /// The device.
    pub device: DeviceId,
}

/// The answer to [`Hello`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Welcome {
    /// The version that the server speaks.
    pub protocol: u16,
    /// The oldest version that it serves.
    pub oldest: u16,
    /// How often it was restored from a backup.
    pub epoch: u32,
    /// Its clock, so that the device can say that its own is wrong. Nothing is refused because of it.
    pub now: Moment,
    /// The last command that the server has of this device.
    pub last_seq: u64,
    /// The chain's hash there.
    pub last_hash: Hash,
    /// Limits of a push: commands and bytes.
    pub limits: (u32, u64),
}

/// Commands of one device, in order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Push {
    /// The version that the device speaks.
    pub protocol: u16,
    /// The device.
    pub device: DeviceId,
    /// The server's epoch that the device knows; 0 before the first [`Welcome`].
    pub epoch: u32,
    /// The number of the first command.
    pub first: u64,
    /// The chain's hash before it.
    pub prev: Hash,
    /// The commands: each the bytes of an [`Envelope`](crate::domain::command::Envelope) as [`encode_command`] gives
    /// them. May be empty.
    pub commands: Vec<Bytes>,
}

/// The answer to a [`Push`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PushReply {
    /// The server's epoch.
    pub epoch: u32,
    /// One verdict for each command of the push, in order.
    pub verdicts: Vec<Verdict>,
    /// The last command that the server now has of this device. Beyond what the device itself has, this tells a device
    /// that it is an old copy of itself.
    pub last_seq: u64,
    /// The chain's hash there.
    pub last_hash: Hash,
}

/// A command as it travels: MessagePack with field names, not compressed, for the message around it is.
pub fn encode_command(envelope: &crate::domain::command::Envelope) -> Bytes {
    // Writing into memory, and every map key of an envelope is a text, so this cannot fail.
    Bytes(rmp_serde::to_vec_named(envelope).expect("an envelope can be written to memory"))
}

#[cfg(test)]
mod tests;
