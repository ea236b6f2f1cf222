//! zhulian (助联): an offline-first case-management console for grid workers.
//!
//! | module | holds |
//! |---|---|
//! | [`demo`] | invented data of four sizes, and the check of its figures |
//! | [`i18n`] | every text a person reads, in Chinese and English |

pub mod demo;
pub mod domain;
pub mod i18n;
