//! The control plane: who is here, who may do what, who sees which track, what the board says.
//!
//! Knows no HTTP. Actors are thin shells around pure structs; `store` is the only way to the disk.

pub mod load;
pub mod music;
pub mod participant;
pub mod room_directory;
pub mod store;
pub mod whiteboard;
