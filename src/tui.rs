//! The console: `key -> Action -> update -> Effect -> view -> changed cells`.
//!
//! | module | holds |
//! |---|---|
//! | [`app`] | the console program: screens, effects, the work behind them |
//! | [`screens`] | one file per screen |
//! | [`keymap`] | what keys mean; actions and contexts |
//! | [`session`] | an app run over any stream of bytes |
//! | [`terminal`] | the only place with escape codes: input parser, differ, the local terminal |
//! | [`text`] | width, cutting, wrapping, cleaning |
//! | [`theme`] | a style per role |
//! | [`widgets`] | lists, forms, dialogs, help |

pub mod app;
pub mod keymap;
pub mod screens;
pub mod session;
pub mod terminal;
#[doc(hidden)]
pub mod testing;
pub mod text;
pub mod theme;
pub mod widgets;
