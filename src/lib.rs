//! zhulian (助联): an offline-first case-management console for grid workers.
//!
//! | module | holds |
//! |---|---|
//! | [`cli`] | the command line: one file per subcommand |
//! | [`demo`] | invented data of four sizes, and the check of its figures |
//! | [`owner`] | how a second process acts through the one that owns the home |
//! | [`settings`] | `settings.toml` |
//! | [`store`] | durable, sealed bytes: journal (truth), index, snapshots, recovery |
//! | [`i18n`] | every text a person reads, in Chinese and English |
//! | [`sync`] | the protocol, feeds, and the local view of server state and pending commands; pure |
//! | [`central`] | the central server: verdicts, grants, feeds; knows no HTTP and no database |
//! | [`tui`] | the console: keys, themes, widgets, terminals, sessions |
//! | [`search`] | finds anyone at once: names, pinyin, initials, numbers, villages; in RAM, pure |
//! | [`roster`] | import of civil-affairs spreadsheets; export |

pub mod central;
pub mod cli;
pub mod demo;
pub mod desk;
pub mod domain;
pub mod i18n;
pub mod owner;
pub mod replica;
pub mod roster;
pub mod search;
pub mod settings;
pub mod store;
pub mod sync;
pub mod tui;
