//! Synchronisation: what devices and the central server say to each other, and how a device puts the server's state
//! under its own unacknowledged commands. Nothing here does I/O; time comes as an argument.
//!
//! | to find | look in |
//! |---|---|
//! | the invariants, the messages, the errors | [`protocol`] |
//! | which record goes to which feed | [`feed`] |
//! | records on top of records: decide, fold, decide again | [`overlay`] |
//! | what a device sends next, and what it does with the answer | [`client`] |
//! | the same by HTTP | [`http`], the one part that does I/O |
//! | how a page's entries become stored items | [`fold`] |
//! | the local view: the server's state and pending commands | [`rebase`] |

pub mod client;
pub mod feed;
pub mod fold;
pub mod http;
pub mod overlay;
pub mod protocol;
pub mod rebase;
