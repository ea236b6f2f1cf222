//! Terminals: the only place with escape codes.
//!
//! | part | does |
//! |---|---|
//! | [`Screen`] | turns the difference between two buffers into as few bytes as it can |
//! | [`Parser`] | turns bytes from a terminal into keys, pastes, mouse events and answers |
//! | [`Capabilities`] | what the terminal may be asked to do |
//! | [`Tty`] | the local terminal: raw mode, size, restoring |
//!
//! Widths are counted in cells: a Chinese character moves the cursor by two. Highlights, scrolls and repaints are
//! therefore sent as runs of text; nothing is sent when nothing changed, and the whole screen is erased only when its
//! content is not known (at the start, after a resize or a suspension).

mod capabilities;
mod cursor;
mod grid;
mod parser;
mod pen;
mod screen;
mod scroll;
mod tty;

pub use capabilities::Capabilities;
pub use parser::{Parser, TerminalEvent};
pub use screen::Screen;
pub use tty::{TerminalError, Tty};
