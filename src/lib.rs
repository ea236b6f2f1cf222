//! zhulian (助联): an offline-first case-management console for grid workers.
//!
//! | module | holds |
//! |---|---|
//! | [`i18n`] | every text a person reads, in Chinese and English |
//! | [`search`] | finds anyone at once: names, pinyin, initials, numbers, villages; in RAM, pure |

pub mod i18n;
pub mod search;
