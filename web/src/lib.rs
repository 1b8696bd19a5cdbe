//! The edge: the only part that speaks HTTP, WebSocket and JSON.
//!
//! Handlers are about ten lines: who asks ([`session`]), may they ([`origin`], `actors::authority`), ask the planes
//! below, answer. Every refusal is an [`errors::ApiError`]. Nothing here is logged but our own failures.

pub mod accounts;
pub mod api;
pub mod board;
pub mod clock;
mod detachable;
mod entrance;
pub mod errors;
pub mod guard;
pub mod ids;
pub mod keeping;
pub mod live;
pub mod metrics;
pub mod origin;
pub mod pages;
pub mod protocol;
pub mod rooms;
pub mod routes;
pub mod server;
pub mod session;
pub mod signalling;
pub mod state;
pub mod streaming;
#[cfg(test)]
mod testing;
pub mod text;
pub mod tls;
mod token_bucket;
pub mod tokens;
pub mod turn;
