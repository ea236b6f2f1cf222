//! zhulian (助联): an offline-first case-management console for grid workers.
//!
//! | module | holds | does no I/O |
//! |---|---|---|
//! | [`domain`] | what the product means: records by field tables, code lists, lifecycles, `Command` → [`mod@domain::decide`] → `Change` | ✓ |
//! | [`replica`] | the only writer on a device: commit, undo, what lists need in RAM, opening in two steps | |
//! | [`store`] | durable, sealed bytes: journal (truth), index (sled), row file, snapshots, recovery, backup | |
//! | [`search`] | finds anyone at once: names, pinyin, initials, numbers, villages | ✓ |
//! | [`roster`] | civil-affairs spreadsheets: read, map, check, plan, report; export | |
//! | [`desk`] | what a worker does, as commands ready to commit: new visits, needs, wishes; taking a roster in | |
//! | [`sync`] | what devices and the server say to each other; the local view: server state and pending commands; the line to a server (`sync::http`) is the part with I/O | |
//! | [`central`] | the central server: verdicts, grants, feeds; knows no HTTP, and databases only as a `Store` | |
//! | [`tui`] | the console: keys, themes, widgets, screens, sessions over any stream of bytes | |
//! | [`cli`] | the command line: one file per subcommand | |
//! | [`owner`] | how a second process acts through the one that owns the home | |
//! | [`settings`] | `settings.toml` | |
//! | [`demo`] | invented data of four sizes, and the check of its figures | ✓ |
//! | [`i18n`] | every text a person reads, in Chinese and English | ✓ |
//!
//! A keystroke: [`tui::keymap`] → action → a screen's `update` → effects → its `view`; only changed cells go out.
//! A write: command → [`mod@domain::decide`] → journal and `fdatasync` (the acknowledgement) → index → rows in RAM → screen.
//! A round of sync: pending commands → [`central::Authority`] merges each once ([`mod@domain::merge`]) → verdicts and feeds → pull →
//! [`sync::rebase`]: the server's state with what is still pending on top.
//!
//! What is promised, and tested: an acknowledged write survives `kill -9` and a power cut; nothing anyone recorded is
//! dropped; identity is masked unless somebody with the right asks, and that is on record; nothing from outside reaches
//! the terminal as a control sequence; an idle console does nothing.

pub mod central;
pub mod cli;
mod containment;
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
