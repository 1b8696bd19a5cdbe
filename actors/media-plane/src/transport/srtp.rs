//! SRTP and SRTCP of one peer: own AES-GCM for the packets that count, `rtc-srtp` for RTCP and for AES-CM.
//!
//! A source gets state only after one of its packets authenticated, and there are at most [`SOURCES_MAX`].
//! The extended sequence number ("index", RFC 3711 §3.3.1) found here is used everywhere else in the plane.

use std::collections::HashMap;

use rtc_srtp::context::Context;
use rtc_srtp::option::{srtcp_replay_protection, srtp_replay_protection};
use rtc_srtp::protection_profile::ProtectionProfile;

use super::dtls::Keys;
use super::gcm::{Gcm, TAG};
use super::identity::Identity;
use crate::rtp::Header;

/// Authenticated sources of one peer: three m-lines with RTX need five; the rest is for changed SSRCs.
const SOURCES_MAX: usize = 64;
/// After so many failures a trial context, which keeps state for any SSRC, is replaced.
const TRIALS_MAX: u32 = 32;

/// Both directions, once the handshake is done.
pub(crate) fn keys_to_contexts(identity: &Identity, keys: &Keys) -> Option<(Inbound, Outbound)> {
    let crypto = identity.provider.crypto();
    let session = &keys.session;
    let gcm = |key: &[u8], salt: &[u8]| match keys.profile {
        ProtectionProfile::AeadAes128Gcm | ProtectionProfile::AeadAes256Gcm => Gcm::new(crypto, key, salt),
        _ => None,
    };
    let remote = Remote {
        key: session.remote_master_key.clone(),
        salt: session.remote_master_salt.clone(),
        profile: keys.profile,
    };
    let inbound = Inbound {
        gcm: gcm(&remote.key, &remote.salt),
        known: remote.context(identity)?,
        trial: remote.context(identity)?,
        trials: 0,
        reporters: Vec::new(),
        sources: HashMap::new(),
        remote,
    };
    let (key, salt) = (&session.local_master_key, &session.local_master_salt);
    let context = Context::new(key, salt, keys.profile, None, None, crypto).ok()?;
    Some((inbound, Outbound { gcm: gcm(key, salt), context }))
}

/// Contexts with the same keys in both directions: each side of a test has its own pair.
#[cfg(test)]
pub(crate) fn equal_keys(identity: &Identity) -> (Inbound, Outbound) {
    let profile = ProtectionProfile::AeadAes128Gcm;
    let mut session = rtc_srtp::config::SessionKeys::default();
    for key in [&mut session.local_master_key, &mut session.remote_master_key] {
        *key = vec![7; 16];
    }
    for salt in [&mut session.local_master_salt, &mut session.remote_master_salt] {
        *salt = vec![9; 12];
    }
    keys_to_contexts(identity, &Keys { profile, session }).expect("keys of the right length")
}

struct Remote {
    key: Vec<u8>,
    salt: Vec<u8>,
    profile: ProtectionProfile,
}

impl Remote {
    fn context(&self, identity: &Identity) -> Option<Context> {
        let (rtp, rtcp) = (srtp_replay_protection(1024), srtcp_replay_protection(64));
        let crypto = identity.provider.crypto();
        Context::new(&self.key, &self.salt, self.profile, Some(rtp), Some(rtcp), crypto).ok()
    }
}

/// From the client.
pub(crate) struct Inbound {
    gcm: Option<Gcm>,
    /// For sources and reporters that authenticated before.
    known: Context,
    /// For all others: its state is thrown away, so that forged SSRCs cost no memory.
    trial: Context,
    trials: u32,
    reporters: Vec<u32>,
    sources: HashMap<u32, Window>,
    remote: Remote,
}

impl Inbound {
    /// Opens in place; the length of the plain packet and its index. `None` for what is forged, replayed or too much.
    pub(crate) fn open(
        &mut self,
        identity: &Identity,
        packet: &mut [u8],
        header: &Header,
    ) -> Option<(usize, u64)> {
        let known = self.sources.get(&header.ssrc);
        if known.is_none() && self.sources.len() >= SOURCES_MAX {
            return None;
        }
        let index = known.map_or(Some(u64::from(header.seq_no)), |window| window.index(header.seq_no))?;
        let length = match &self.gcm {
            Some(gcm) => gcm.open(packet, header.len, (index >> 16) as u32)?,
            None => self.open_by_context(identity, packet, header.ssrc)?,
        };
        self.sources.entry(header.ssrc).or_insert_with(|| Window::new(index)).accept(index);
        Some((length, index))
    }

    fn open_by_context(&mut self, identity: &Identity, packet: &mut [u8], ssrc: u32) -> Option<usize> {
        if !self.sources.contains_key(&ssrc) {
            self.trial(identity, |context| context.decrypt_rtp(packet).is_ok())?;
        }
        let plain = self.known.decrypt_rtp(packet).ok()?;
        packet.get_mut(..plain.len())?.copy_from_slice(&plain);
        Some(plain.len())
    }

    /// A whole compound packet, or `None`.
    pub(crate) fn open_rtcp(&mut self, identity: &Identity, packet: &[u8]) -> Option<bytes::BytesMut> {
        let ssrc = u32::from_be_bytes(packet.get(4..8)?.try_into().ok()?);
        if !self.reporters.contains(&ssrc) {
            if self.reporters.len() >= SOURCES_MAX {
                return None;
            }
            self.trial(identity, |context| context.decrypt_rtcp(packet).is_ok())?;
            self.reporters.push(ssrc);
        }
        self.known.decrypt_rtcp(packet).ok()
    }

    fn trial(&mut self, identity: &Identity, open: impl FnOnce(&mut Context) -> bool) -> Option<()> {
        self.trials += 1;
        if self.trials > TRIALS_MAX {
            self.trial = self.remote.context(identity)?;
            self.trials = 0;
        }
        open(&mut self.trial).then_some(())
    }
}

/// To the client.
pub(crate) struct Outbound {
    gcm: Option<Gcm>,
    context: Context,
}

impl Outbound {
    /// Seals the packet that begins at `start` of `bytes` and goes to the end, appending the tag.
    pub(crate) fn seal(&mut self, bytes: &mut Vec<u8>, start: usize, header: usize, index: u64) -> bool {
        match &self.gcm {
            Some(gcm) => {
                bytes.resize(bytes.len() + TAG, 0);
                gcm.seal(&mut bytes[start..], header, (index >> 16) as u32)
            }
            // AES-CM, for clients without GCM: allocates, 1.3 µs.
            None => match self.context.encrypt_rtp(&bytes[start..]) {
                Ok(sealed) => {
                    bytes.truncate(start);
                    bytes.extend_from_slice(&sealed);
                    true
                }
                Err(_) => false,
            },
        }
    }

    /// Some packets a second: `rtc-srtp` allocates.
    pub(crate) fn seal_rtcp(&mut self, plain: &[u8]) -> Option<Vec<u8>> {
        self.context.encrypt_rtcp(plain).ok().map(|sealed| sealed.to_vec())
    }
}

/// Replay window of one source (RFC 3711 §3.3.2), and its rollover count.
pub(crate) struct Window {
    highest: u64,
    seen: [u64; Window::WORDS],
}

impl Window {
    const WORDS: usize = 16;
    const SIZE: u64 = 64 * Self::WORDS as u64;

    fn new(first: u64) -> Self {
        Self { highest: first, seen: [0; Self::WORDS] }
    }

    /// The index nearest to the highest one; `None` when it was seen or is too old.
    fn index(&self, seq_no: u16) -> Option<u64> {
        let distance = seq_no.wrapping_sub(self.highest as u16) as i16;
        let index = self.highest.checked_add_signed(i64::from(distance))?;
        let fresh = index > self.highest || (self.highest - index < Self::SIZE && !self.contains(index));
        fresh.then_some(index)
    }

    fn contains(&self, index: u64) -> bool {
        self.seen[(index / 64) as usize % Self::WORDS] >> (index % 64) & 1 == 1
    }

    fn accept(&mut self, index: u64) {
        if index > self.highest {
            for skipped in (self.highest + 1..=index).take(Self::SIZE as usize) {
                self.seen[(skipped / 64) as usize % Self::WORDS] &= !(1 << (skipped % 64));
            }
            self.highest = index;
        }
        self.seen[(index / 64) as usize % Self::WORDS] |= 1 << (index % 64);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_packet_is_taken_once() {
        let mut window = Window::new(65_530);
        window.accept(65_530);
        assert_eq!(window.index(65_530), None);
        assert_eq!(window.index(65_529), Some(65_529));
        window.accept(65_529);
        assert_eq!(window.index(65_529), None);
    }

    #[test]
    fn the_count_rolls_over_and_back() {
        let mut window = Window::new(65_534);
        window.accept(65_534);
        let wrapped = window.index(3).unwrap();
        assert_eq!(wrapped, 65_536 + 3);
        window.accept(wrapped);
        assert_eq!(window.index(65_535), Some(65_535));
        assert_eq!(window.index(2), Some(65_538));
    }

    #[test]
    fn what_left_the_window_is_refused_and_leaves_no_ghost() {
        let mut window = Window::new(10);
        window.accept(10);
        window.accept(5000);
        assert_eq!(window.index(10), None);
        assert_eq!(window.index(4999), Some(4999));
        assert_eq!(window.index((5000 - Window::SIZE) as u16), None);
        assert_eq!(window.index((5001 - Window::SIZE) as u16), Some(5001 - Window::SIZE));
    }

    #[test]
    fn below_zero_there_is_nothing() {
        let mut window = Window::new(2);
        window.accept(2);
        assert_eq!(window.index(65_535), None);
    }
}
