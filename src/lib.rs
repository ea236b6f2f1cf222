//! zhulian (助联): an offline-first case-management console for grid workers.
//!
//! | module | holds |
//! |---|---|
//! | [`i18n`] | every text a person reads, in Chinese and English |
//! | [`roster`] | import of civil-affairs spreadsheets; export |

pub mod domain;
pub mod i18n;
pub mod roster;
