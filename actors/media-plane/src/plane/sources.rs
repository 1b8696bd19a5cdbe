//! What an SSRC of a peer is: learned from the answer, or from the header extensions of its first packets (and only
//! those have any: MEDIA.md §4), and kept.

use std::collections::HashMap;

use super::Plane;
use crate::api::Uplink;
use crate::description::{Remote, UplinkParameters};
use crate::layers::Rid;
use crate::rtp::Header;
use crate::track::Origin;

/// What an SSRC of a peer is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct SourceRole {
    pub(super) uplink: Uplink,
    pub(super) rid: Rid,
    /// The track of that layer.
    pub(super) track: u32,
    pub(super) retransmission: bool,
}

impl Plane {
    /// What the SSRC of an authentic packet is. A layer begins with the first packet of its own; before that nothing of
    /// it can be repaired.
    pub(super) fn role(&mut self, at: u32, header: &Header, packet: &[u8]) -> Option<SourceRole> {
        let peer = self.peers.get(at)?;
        if let Some(role) = peer.sources.get(&header.ssrc) {
            return Some(*role);
        }
        let (uplink, rid, retransmission) = role_of(peer.remote.as_ref()?, &peer.sources, header, packet)?;
        let number = peer.published[uplink as usize];
        let track = match self.published.get(number)?.track(rid) {
            Some(track) => track,
            None if retransmission => return None,
            None => self.add_layer(number, rid)?,
        };
        let role = SourceRole { uplink, rid, track, retransmission };
        self.peers.get_mut(at)?.sources.insert(header.ssrc, role);
        self.by_ssrc.insert(header.ssrc, at);
        Some(role)
    }

    pub(super) fn add_layer(&mut self, number: u32, rid: Rid) -> Option<u32> {
        let published = self.published.get(number)?;
        let (codec, allowed) = (published.codec?, published.allowed);
        let origin = Origin { publication: published.id, published: number, rid };
        let added = self.add_track(Some(origin), codec);
        if let Some(track) = self.tracks.get_mut(added) {
            track.allowed = allowed;
        }
        self.published.get_mut(number)?.layers[rid as usize] = Some(added);
        Some(added)
    }
}

/// Whether no other m-line of the client sends the payload type of this one.
fn is_alone(remote: &Remote, uplink: Uplink) -> bool {
    let kind = |uplink| remote.uplink(uplink).map(|parameters| parameters.format.payload_type);
    Uplink::ALL.into_iter().all(|other| other == uplink || kind(other) != kind(uplink))
}

/// The description names it, or its packet does by `mid` and `rid`, or its payload type belongs to one m-line only.
fn role_of(
    remote: &Remote,
    known: &HashMap<u32, SourceRole>,
    header: &Header,
    packet: &[u8],
) -> Option<(Uplink, Rid, bool)> {
    let (ssrc, payload_type) = (header.ssrc, header.payload_type);
    for uplink in Uplink::ALL {
        let Some(parameters) = remote.uplink(uplink) else { continue };
        let retransmits = Some(payload_type) == parameters.format.rtx;
        let Some((main, rtx)) = named(parameters, ssrc) else { continue };
        // Chromium names retransmissions without their group when it sends no layers.
        let retransmission = rtx == Some(ssrc) || retransmits;
        let of_main = || known.get(&main).filter(|_| rtx == Some(ssrc)).map(|role| role.rid);
        let rid = rid(parameters, header, packet, retransmission).or_else(of_main)?;
        return Some((uplink, rid, retransmission));
    }
    for uplink in Uplink::ALL {
        let Some(parameters) = remote.uplink(uplink) else { continue };
        let mid = parameters.mid_extension.and_then(|id| header.extension(packet, id));
        let named = mid == Some(parameters.mid.as_bytes());
        let only = mid.is_none() && is_alone(remote, uplink);
        let retransmission = named && Some(payload_type) == parameters.format.rtx;
        if retransmission || ((named || only) && payload_type == parameters.format.payload_type) {
            let rid = rid(parameters, header, packet, retransmission)?;
            return Some((uplink, rid, retransmission));
        }
    }
    None
}

/// The pair of SSRCs of the answer that this is one of.
fn named(parameters: &UplinkParameters, ssrc: u32) -> Option<(u32, Option<u32>)> {
    parameters.sources.iter().copied().find(|(main, rtx)| *main == ssrc || *rtx == Some(ssrc))
}

/// Without rids there is one layer; with them, packets have to name theirs. Some stacks repeat the offer's rids in their
/// answer whatever they send: one SSRC there, and none of its packets with a rid, is one layer.
fn rid(parameters: &UplinkParameters, header: &Header, packet: &[u8], retransmission: bool) -> Option<Rid> {
    if parameters.rids.is_empty() {
        return Some(Rid::H);
    }
    let extension = if retransmission { parameters.repaired_rid_extension } else { parameters.rid_extension };
    let Some(name) = extension.and_then(|id| header.extension(packet, id)) else {
        return (parameters.sources.len() == 1).then_some(Rid::H);
    };
    let rid = Rid::from_name(name)?;
    parameters.rids.contains(rid).then_some(rid)
}

#[cfg(test)]
#[path = "sources_tests.rs"]
mod tests;
