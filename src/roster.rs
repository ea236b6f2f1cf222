//! Rosters of civil-affairs offices: spreadsheets in, spreadsheets out.
//!
//! | step | module |
//! |---|---|
//! | bytes become sheets of cells, hostile files are refused | [`read`] |
//! | sheets become rosters: header, kind, category, town | [`source`], [`map`] |
//! | rows become records; errors at their root | [`check()`](check::check), [`cell`], [`date`], [`place`], [`fault`], [`notice`] |
//! | households with their members | [`family`] |
//! | beside the register: new, updated, unchanged; commands | [`plan()`](plan::plan) |
//! | the answer as JSON, the workbook of errors | [`report`] |
//! | lists of regions, for the server | [`regions`] |
//! | lists out of the program | [`export`] |
//!
//! An import is `Source::open`, `check`, `plan`, and, when nothing is refused or the person accepts the rest,
//! [`plan::Plan::commands`] in one commit. None of this writes to the register.

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
pub mod regions;
pub mod report;
mod rows;
pub mod source;
pub mod unlisted;
