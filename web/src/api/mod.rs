//! The JSON API under `/api`: handlers of about ten lines, one file per noun. `PROTOCOL.md` §1 is the contract,
//! [`openapi`] the description made from the code.

pub mod accounts;
pub mod doors;
pub mod load;
pub mod openapi;
pub mod rooms;
pub mod server;
pub mod sessions;
pub mod tokens;
pub mod types;
