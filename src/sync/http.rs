//! The protocol by HTTP: what both sides agree on beyond the messages, and the device's side of the wire.
//!
//! | request | body | answer |
//! |---|---|---|
//! | `POST /v1/enroll/offer` | [`Ask`] | [`Offer`] |
//! | `POST /v1/enroll` | [`Join`] | [`Joined`] |
//! | `GET /v1/hello` | none | [`Welcome`](super::protocol::Welcome) |
//! | `POST /v1/push` | [`Parcel`](super::protocol::Parcel) | [`PushReply`](super::protocol::PushReply) |
//! | `POST /v1/pull` | [`Pull`](super::protocol::Pull) | [`Page`](super::protocol::Page) |
//! | `POST /v1/bootstrap` | [`Bootstrap`](super::protocol::Bootstrap) | [`Chunk`](super::protocol::Chunk) |
//!
//! Bodies are the crate's own codec (MessagePack with field names, zstd where that pays) as [`BINARY`], or JSON where the
//! request says so. Every request but the first two is signed with the device's key ([`seal`]). Every answer carries the
//! server's clock in [`NOW`]; a request whose time is not near it is refused with that clock, and the device asks again
//! with the right one: a wrong laptop clock costs one round trip and nothing else.
//!
//! | to find | look in |
//! |---|---|
//! | the device's connection: time-outs, answers, counting | [`Link`] |
//! | a whole round with a server, with pauses and repeats | [`round`] |
//! | how long to wait before the next try | [`Backoff`] |

mod backoff;
mod error;
mod link;
mod round;
pub mod seal;
mod wire;

pub use backoff::Backoff;
pub use error::{Distrust, LinkError, Outage};
pub use link::{Link, Options, Traffic};
pub use round::{Exchange, Progress, Summary, SyncError, round};
pub use wire::{Ask, BINARY, Fault, JSON, Join, Joined, NOW, Offer, plain_code};

#[cfg(test)]
mod tests;
