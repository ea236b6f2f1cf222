//! Synchronisation: what devices and the central server say to each other, and how a device puts the server's state
//! under its own unacknowledged commands. Nothing here does I/O; time comes as an argument.
//!
//! | to find | look in |
//! |---|---|
//! | the invariants, the messages, the errors | [`protocol`] |
//! | which record goes to which feed | [`feed`] |

pub mod feed;
pub mod protocol;
