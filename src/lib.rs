//! zhulian (助联): an offline-first case-management console for grid workers.

pub mod desk;
pub mod domain;
pub mod i18n;
pub mod replica;
