//! ICE-lite, DTLS and SRTP of one peer, assembled from the sans-IO `rtc-*` crates without a peer connection.
//!
//! The only module that imports those crates. Nothing here reads a clock or owns a socket: datagrams and time
//! are arguments, datagrams to send are results. Bytes from the network never panic; what does not authenticate
//! changes no state.

mod answer;
mod client_hello;
mod dtls;
mod gcm;
mod ice;
mod identity;
mod offer;
mod srtp;
mod stun;

pub(crate) use answer::parse as parse_answer;
pub(crate) use dtls::{Dtls, Progress};
pub(crate) use ice::{Ice, Standing};
pub(crate) use identity::Identity;
pub(crate) use offer::parse as parse_offer;
#[cfg(test)]
pub(crate) use srtp::equal_keys;
pub(crate) use srtp::{Inbound, Outbound, keys_to_contexts};
pub(crate) use stun::{Kind as StunKind, Stun};
