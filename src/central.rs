//! The central server: one truth for a county's devices. The rules are [`crate::domain`]'s, the very ones that devices
//! use.
//!
//! | to find | look in |
//! |---|---|
//! | verdicts, grants, feeds, restores: what the server does | [`authority`] |
//! | one-time codes, and how a device joins | [`enrolment`] |
//! | the HTTP interface | [`http`] |
//! | the store for several servers on one database | [`postgres`], the only part that names it |
//! | what it needs of a database, and the stores | [`store`] |

pub mod authority;
pub mod enrolment;
pub mod http;
pub mod postgres;
pub mod store;

pub use authority::Authority;
