//! How a second process acts through the one that owns the home.
//!
//! A home belongs to one process at a time: the one that holds its lock. A console, or a command that takes long, listens
//! on `zhulian.sock` in the home ([`Owner`]); another process hands it the command line, and the owner carries it out on
//! a thread of its own with the same code ([`command`]), or shows it a console of its own ([`console`]).
//!
//! ```text
//! client                          owner
//!   connect            ────►        accept, same user?
//!                      ◄────        Ready(version)
//!   Command(request)   ────►
//!                      ◄────        Accepted            from here on the command may have been carried out
//!                      ◄────        Out(bytes)*, Err(bytes)*
//!                      ◄────        Exit(code)
//! ```
//!
//! The client sends its command only after `Ready`: an owner that was stopped from the keyboard answers nothing, and
//! must not carry out later what its sender has given up. A connection that ends before `Accepted` means that nothing was
//! done, so the client may try again, or open the home itself.
//!
//! Only the holder of the lock touches the socket file: it removes what a crashed owner left, and takes its own away before
//! it lets go of the lock.

mod attach;
mod listen;
mod path;
mod wire;

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

pub use attach::{Answer, AttachError, command, console};
pub use listen::{Owner, Service};

use crate::i18n::Lang;

/// A command for the owner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// The command line, the program's name first.
    pub args: Vec<String>,
    /// What relative paths start from.
    pub cwd: PathBuf,
    /// The language of texts.
    pub lang: Lang,
    /// Whether the client's error stream is a terminal, on which progress may be drawn.
    pub live: bool,
}

#[cfg(test)]
mod tests;
