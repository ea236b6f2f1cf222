//! Rosters of civil-affairs offices: spreadsheets in, spreadsheets out.

pub mod read;
