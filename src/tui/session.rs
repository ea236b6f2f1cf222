//! Sessions: input in, bytes out, a size.

mod app;
mod core;

pub use app::{App, Effect, Frame, Input, Mouse, MouseKind, Now, Post, Run, Timer};
pub(crate) use core::Core;
