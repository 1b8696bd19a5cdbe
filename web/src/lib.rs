//! The HTTP and WebSocket edge.
pub mod protocol;
