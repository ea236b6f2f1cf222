//! Rosters of civil-affairs offices: spreadsheets in, spreadsheets out.

pub mod cell;
pub mod check;
pub mod date;
pub mod export;
pub mod family;
pub mod fault;
pub mod map;
pub mod notice;
pub mod place;
pub mod plan;
pub mod read;
pub mod report;
mod rows;
pub mod source;
