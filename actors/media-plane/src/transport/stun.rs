//! STUN messages (RFC 8489) as ICE uses them: what came is checked, what goes out is built by `rtc-stun`.

use std::net::SocketAddr;

use rtc_stun::attributes::{
    ATTR_ICE_CONTROLLED, ATTR_MESSAGE_INTEGRITY, ATTR_PRIORITY, ATTR_USE_CANDIDATE, ATTR_USERNAME, AttrType,
};
use rtc_stun::fingerprint::FINGERPRINT;
use rtc_stun::integrity::MessageIntegrity;
use rtc_stun::message::{BINDING_REQUEST, BINDING_SUCCESS, Message, Setter, TransactionId};
use rtc_stun::textattrs::TextAttribute;
use rtc_stun::xoraddr::XorMappedAddress;

use super::identity::Identity;

/// STUN messages of browsers have about 100 bytes.
const LENGTH_MAX: usize = 548;
/// Of a peer-reflexive candidate (RFC 8445 §5.1.2), as checks name it.
const PRIORITY: u32 = 0x6e00_01ff;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    Request,
    Success,
}

/// A well-formed message whose FINGERPRINT is right; nobody has authenticated it yet.
pub(crate) struct Stun {
    message: Message,
    pub(crate) kind: Kind,
}

impl Stun {
    pub(crate) fn parse(datagram: &[u8]) -> Option<Self> {
        if datagram.len() > LENGTH_MAX {
            return None;
        }
        let mut message = Message::new();
        message.unmarshal_binary(datagram).ok()?;
        FINGERPRINT.check(&message).ok()?;
        let kind = match message.typ {
            BINDING_REQUEST => Kind::Request,
            BINDING_SUCCESS => Kind::Success,
            _ => return None,
        };
        Some(Self { message, kind })
    }

    pub(crate) fn transaction(&self) -> [u8; 12] {
        self.message.transaction_id.0
    }

    /// The server's fragment: what USERNAME has before the colon.
    pub(crate) fn local_ufrag(&self) -> Option<String> {
        let username = String::from_utf8(self.message.get(ATTR_USERNAME).ok()?).ok()?;
        username.split_once(':').map(|(local, _)| local.to_owned())
    }

    pub(super) fn nominates(&self) -> bool {
        self.message.contains(ATTR_USE_CANDIDATE)
    }

    /// MESSAGE-INTEGRITY with this password.
    pub(super) fn authentic(&mut self, identity: &Identity, password: &str) -> bool {
        self.message.get(ATTR_MESSAGE_INTEGRITY).is_ok_and(|value| value.len() == 20)
            && MessageIntegrity::check(&mut self.message, password.as_bytes(), identity.provider.crypto())
                .is_ok()
    }

    /// The success response to this request.
    pub(super) fn response(&self, identity: &Identity, password: &str, to: SocketAddr) -> Option<Vec<u8>> {
        build(&[
            Box::new(BINDING_SUCCESS),
            Box::new(self.message.transaction_id),
            Box::new(XorMappedAddress { ip: to.ip(), port: to.port() }),
            Box::new(integrity(identity, password)),
            Box::new(FINGERPRINT),
        ])
    }
}

/// A check by the server itself (MEDIA.md §6 rule c). Strictly a lite agent sends none, but browsers answer.
pub(super) fn request(
    identity: &Identity,
    transaction: [u8; 12],
    username: String,
    password: &str,
) -> Option<Vec<u8>> {
    build(&[
        Box::new(BINDING_REQUEST),
        Box::new(TransactionId(transaction)),
        Box::new(TextAttribute::new(ATTR_USERNAME, username)),
        Box::new(Raw(ATTR_PRIORITY, PRIORITY.to_be_bytes().to_vec())),
        Box::new(Raw(ATTR_ICE_CONTROLLED, transaction[4..].to_vec())),
        Box::new(integrity(identity, password)),
        Box::new(FINGERPRINT),
    ])
}

fn integrity<'a>(identity: &'a Identity, password: &str) -> MessageIntegrity<'a> {
    MessageIntegrity::new_short_term_integrity_with_provider(password.to_owned(), identity.provider.crypto())
}

fn build(setters: &[Box<dyn Setter + '_>]) -> Option<Vec<u8>> {
    let mut message = Message::new();
    message.build(setters).ok()?;
    Some(message.raw)
}

struct Raw(AttrType, Vec<u8>);

impl Setter for Raw {
    fn add_to(&self, message: &mut Message) -> rtc_shared::error::Result<()> {
        message.add(self.0, &self.1);
        Ok(())
    }
}

#[cfg(test)]
pub(super) fn check(
    identity: &Identity,
    transaction: [u8; 12],
    username: &str,
    password: &str,
    nominate: bool,
) -> Vec<u8> {
    let mut setters: Vec<Box<dyn Setter + '_>> = vec![
        Box::new(BINDING_REQUEST),
        Box::new(TransactionId(transaction)),
        Box::new(TextAttribute::new(ATTR_USERNAME, username.to_owned())),
    ];
    if nominate {
        setters.push(Box::new(Raw(ATTR_USE_CANDIDATE, Vec::new())));
    }
    setters.push(Box::new(integrity(identity, password)));
    setters.push(Box::new(FINGERPRINT));
    build(&setters).unwrap()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_bytes_are_answered_without_panic() {
        let identity = Identity::generate().unwrap();
        let whole = check(&identity, [7; 12], "ours:theirs", "password", true);
        let mut random = crate::testing::Random::new(3);
        for _ in 0..20_000 {
            let mut bytes = whole.clone();
            random.mutate(&mut bytes);
            if let Some(mut stun) = Stun::parse(&bytes) {
                stun.local_ufrag();
                stun.authentic(&identity, "password");
            }
        }
        let mut stun = Stun::parse(&whole).unwrap();
        assert_eq!((stun.kind, stun.local_ufrag().as_deref()), (Kind::Request, Some("ours")));
        assert!(stun.nominates() && stun.authentic(&identity, "password"));
        assert!(!stun.authentic(&identity, "passwort"));
    }
}
