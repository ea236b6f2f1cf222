//! zhulian
fn main() {}
