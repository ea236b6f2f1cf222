//! The `zhulian` program.
fn main() {}
