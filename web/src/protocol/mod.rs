//! The signalling protocol's wire types, in the order of `web/PROTOCOL.md`. Rust is the source;
//! `web/client/src/generated/protocol.ts` is made from these.
//!
//! Only shapes live here: no logic, no rights, no limits (those are in `signalling`).

mod down;
mod up;

pub use down::*;
pub use up::*;
