//! The console: `key -> Action -> update -> Effect -> view -> changed cells`.
//!
//! | module | holds |
//! |---|---|
//! | [`keymap`] | what keys mean; actions and contexts |
//! | [`text`] | width, cutting, wrapping, cleaning |
//! | [`theme`] | a style per role |

pub mod keymap;
pub mod text;
pub mod theme;
