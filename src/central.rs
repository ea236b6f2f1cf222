//! The central server: one truth for a county's devices. The rules are [`crate::domain`]'s, the very ones that devices
//! use.
//!
//! | to find | look in |
//! |---|---|
//! | what it needs of a database, and the stores | [`store`] |

pub mod store;
