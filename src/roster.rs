//! Rosters of civil-affairs offices: spreadsheets in, spreadsheets out.

pub mod date;
pub mod read;
