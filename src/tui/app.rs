//! The console program: one state tree, effects as data, a stack of screens.
//!
//! ```text
//! key -> Keymap -> Action -> layer on top, else screen on top, else the console itself
//!     -> Vec<Effect> -> session effects, or Work for the Runner -> Message -> back to its sender
//! ```
//!
//! | module | holds |
//! |---|---|
//! | [`context`] | [`Context`]: what `update` and `view` may read: rows in RAM, language, theme, time, size |
//! | [`effect`] | [`Effect`], [`Work`], [`Message`]: everything that happens outside of `update`, as data |
//! | [`console`] | [`Console`]: the screens, what lies over them, and who gets an input |
//! | [`global`] | actions that mean the same on every screen, and why they may be unavailable |
//! | [`frame`] | the title line above and the hints and notices below every screen |
//! | [`runner`] | [`Runner`]: carries out [`Work`] through the desk |
//! | [`fault`] | an error in both languages, as messages carry it |
//! | [`settings`] | language, theme, keymap: kept in `settings.toml` |
//! | [`drafts`] | half-filled forms, sealed on disk |
//!
//! # To add a screen
//! 1. A file `src/tui/screens/<name>.rs` with a `State` and these functions (see [`crate::tui::screens`]):
//!    `refresh`, `update`, `can`, `view`, `contexts`, `hints`, `title`, `subject`.
//! 2. A line in the `screens!` table of `src/tui/screens.rs` (or in `layers!` for something that lies over a screen).
//! 3. An action that opens it: a line in `tui::keymap::action`, a key in `keymaps/default.toml`, an arm in
//!    [`global`] that answers with [`Effect::Go`].
//!
//! `update` gets the state, the input and a [`Context`]; it does no I/O and must not call the desk: the context holds
//! the lock of the rows. What takes a record that is not in RAM, or changes one, goes out as [`Work`] and comes back as a
//! [`Message`] to the screen that asked ([`Context::origin`]).
//!
//! A form that commits: send [`Work::Commit`]. If it was refused, the screen gets [`Message::Committed`] with a
//! [`Fault`] whose `fields` name the form's fields: it shows them there and tells of what concerns no field of its own.
//! The console tells of a refusal only where the screen does not take it. If the command was carried out, the console
//! shows a notice with the key that takes it back.

pub mod console;
pub mod context;
pub mod drafts;
pub mod effect;
pub mod fault;
pub mod frame;
pub mod global;
pub mod runner;
pub mod settings;
#[cfg(test)]
mod tests;

pub use console::{Console, Start};
pub use context::{Can, Context, Opening, Origin, Revealed, Subject, SyncStatus};
pub use effect::{Begin, Begun, Effect, Input, Message, Notice, Order, Seat, Work};
pub use fault::Fault;
pub use runner::Runner;
pub use settings::Settings;
