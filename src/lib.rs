//! zhulian (助联): an offline-first case-management console for grid workers.
//!
//! | module | holds |
//! |---|---|
//! | [`i18n`] | every text a person reads, in Chinese and English |

pub mod domain;
pub mod i18n;
