//! Rosters of civil-affairs offices: spreadsheets in, spreadsheets out.

pub mod cell;
pub mod date;
pub mod fault;
pub mod map;
pub mod read;
