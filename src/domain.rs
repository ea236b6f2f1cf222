//! The product's meaning, pure: no I/O, `now` is an argument.

pub mod codes;
pub mod disease;
pub mod due;
pub mod id_number;
pub mod mask;
pub mod moment;
pub mod money;
pub mod params;
pub mod privacy;
pub mod risk;
pub mod surname;
pub mod text;
