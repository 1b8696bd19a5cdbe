//! New secrets, from the operating system's randomness.

pub use actors::ids::random_text;
