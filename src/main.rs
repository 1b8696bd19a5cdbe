//! Kegelbahn.
fn main() {}
