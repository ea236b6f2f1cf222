//! The product's meaning, pure: records, code lists, rules, commands. No I/O; the time is an argument.
//!
//! | to find | look in |
//! |---|---|
//! | a record kind and its field table | the file of its name: [`household`], [`member`], [`visit`], [`lead`], [`need`], [`wish`], [`claim`], [`resource`], [`indicator`], [`region`], [`station`], [`org`], [`worker`], [`conflict`], [`allotment`] |
//! | how kinds, tables and storage by field name are made | [`record`], [`field`], [`value`], [`id`] |
//! | what a worker can do, and what it changes | [`command`], [`change`] |
//! | every business rule | [`mod@decide`], with [`lifecycle`] tables, [`validate`], [`duplicate`], [`privacy`] |
//! | how work done apart comes together | [`merge`], [`conflict`] |
//! | why something is refused, in words | [`refusal`] |
//! | what rules may read | [`records`] |
//! | code lists and dated parameters | [`codes`], [`params`] |
//! | derived facts | [`risk`], [`portrait`], [`due`], [`display`], [`mask`], [`numbering`] |
//! | leaf types | [`id_number`], [`money`], [`moment`], [`text`] |

#[macro_use]
pub mod record;

pub mod allotment;
pub mod change;
pub mod claim;
pub mod codes;
pub mod command;
pub mod conflict;
pub mod decide;
pub mod disease;
pub mod display;
pub mod due;
pub mod duplicate;
pub mod field;
pub mod household;
pub mod id;
pub mod id_number;
pub mod indicator;
pub mod lead;
pub mod lifecycle;
pub mod mask;
pub mod member;
pub mod merge;
pub mod moment;
pub mod money;
pub mod need;
pub mod numbering;
pub mod org;
pub mod params;
pub mod portrait;
pub mod privacy;
pub mod records;
pub mod refusal;
pub mod region;
pub mod resource;
pub mod risk;
pub mod station;
pub mod surname;
pub mod text;
pub mod validate;
pub mod value;
pub mod visit;
pub mod wish;
pub mod worker;

pub use decide::decide;
