//! What a thread knows of one peer.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use super::Lane;
use super::sources::SourceRole;
use crate::allocation::Choice;
use crate::allotment::Allotment;
use crate::api::{IceCredentials, PeerId, SlotCount};
use crate::bandwidth::{Arrivals, Budget};
use crate::description::{Remote, slots};
use crate::layers::{Demand, LayerSet, SlotQuality};
use crate::rewrite::{Slot, TrackKey};
use crate::route::Route;
use crate::transport::{Dtls, Ice, Inbound, Outbound};

/// Packets that wait for one peer in a lane; what comes on top is dropped (and repaired, if it is video).
const WAITING_MAX: usize = 2048;
/// Retransmissions to one peer in each half second: a tenth of 16 cameras' packets and some.
const RESENDS_MAX: u32 = 300;
const RESENDS_WINDOW: Duration = Duration::from_millis(500);
const ROUND_TRIP_UNKNOWN: Duration = Duration::from_millis(100);

/// A packet on its way to a subscriber: where it is, and its numbers there.
#[derive(Clone, Copy, Debug)]
pub(super) struct Waiting {
    pub(super) key: TrackKey,
    pub(super) source_index: u64,
    pub(super) index: u64,
    pub(super) timestamp: u32,
    pub(super) picture_by: u16,
    pub(super) tl0_by: u8,
    pub(super) slot: u16,
    /// Bytes of its payload.
    pub(super) payload: u16,
    /// It is sent as a retransmission under this index.
    pub(super) resend: Option<u64>,
}

/// What a slot is to show, and what was made of that.
#[derive(Clone, Copy, Default)]
pub(super) struct View {
    /// The publication that is its feed.
    pub(super) published: Option<u32>,
    pub(super) demand: Demand,
    /// What it carries; `None` for a slot without a picture.
    pub(super) quality: Option<SlotQuality>,
    /// What its publisher is to send for its sake.
    pub(super) needs: LayerSet,
    /// What it was given last, of the same feed.
    pub(super) given: Option<Choice>,
    /// What its client was told of it.
    pub(super) told: Option<SlotQuality>,
}

pub(super) struct Peer {
    pub(super) id: PeerId,
    pub(super) ice: Ice,
    pub(super) dtls: Dtls,
    pub(super) inbound: Option<Inbound>,
    pub(super) outbound: Option<Outbound>,
    pub(super) remote: Option<Remote>,
    /// Its publications, by uplink.
    pub(super) published: [u32; 3],
    pub(super) slots: Vec<Slot>,
    /// What the slots of the same number are to show.
    pub(super) views: Vec<View>,
    pub(super) sources: HashMap<u32, SourceRole>,
    /// Packets to be sent at the next occasion, by lane.
    lanes: [Vec<Waiting>; 2],
    /// When its packets arrived, for feedback.
    pub(super) arrivals: Arrivals,
    /// What may be sent to it, and what its slots make of that.
    pub(super) budget: Budget,
    pub(super) allotment: Allotment,
    /// When its slots were last allotted anew, and with what, and when its client was last told.
    pub(super) allotted: (i64, u64),
    pub(super) told_us: i64,
    pub(super) round_trip: Duration,
    pub(super) report_at: Option<Instant>,
    pub(super) silent: bool,
    /// Nothing is sent any more; the control plane will remove it.
    pub(super) gone: bool,
    /// Loudest level of its microphone since the last report.
    pub(super) level: u8,
    resends: (Option<Instant>, u32),
}

impl Peer {
    pub(super) fn new(now: Instant, id: PeerId, ice: IceCredentials, published: [u32; 3]) -> Self {
        Self {
            id,
            ice: Ice::new(now, ice),
            dtls: Dtls::new(),
            inbound: None,
            outbound: None,
            remote: None,
            published,
            slots: Vec::new(),
            views: Vec::new(),
            sources: HashMap::new(),
            lanes: [Vec::new(), Vec::new()],
            arrivals: Arrivals::new(),
            budget: Budget::default(),
            allotment: Allotment::new(),
            allotted: (0, 0),
            told_us: 0,
            round_trip: ROUND_TRIP_UNKNOWN,
            report_at: None,
            silent: false,
            gone: false,
            level: 0,
            resends: (None, 0),
        }
    }

    /// Appends the slots that `count` has more than there are, in the order of the m-lines.
    pub(super) fn grow(&mut self, count: SlotCount, mut random: impl FnMut() -> u64) {
        // What a client takes in one slot for pictures it will take in the others.
        let known = self.slots.iter().find(|slot| slot.id.is_video()).map(Slot::formats);
        for id in slots(count) {
            if self.slots.iter().all(|slot| slot.id != id) {
                let mut slot = Slot::new(id, random());
                known.filter(|_| id.is_video()).into_iter().for_each(|formats| slot.take_formats(formats));
                self.slots.push(slot);
                self.views.push(View::default());
            }
        }
        self.number_transport();
    }

    /// Packets carry transport-wide numbers if the client's answer promised feedback about them.
    pub(super) fn number_transport(&mut self) {
        let extension = self.remote.as_ref().and_then(|remote| remote.transport_cc_extension);
        let Some(id) = extension else { return };
        self.budget.expect_feedback();
        for slot in &mut self.slots {
            slot.template.number_transport(id);
            slot.rtx_template.number_transport(id);
        }
    }

    /// Where media may be sent: keys and a validated address are there, and consent.
    pub(super) fn reachable(&self) -> Option<Route> {
        let ready = self.outbound.is_some() && !self.gone;
        if ready { self.ice.address() } else { None }
    }

    /// Queues a packet. True when the lane was empty before.
    pub(super) fn wait(&mut self, lane: Lane, packet: Waiting) -> bool {
        let lane = &mut self.lanes[lane as usize];
        if lane.len() < WAITING_MAX {
            lane.push(packet);
        }
        lane.len() == 1
    }

    /// Bytes that wait in a lane.
    pub(super) fn waiting_bytes(&self, lane: Lane) -> usize {
        self.lanes[lane as usize].iter().map(|packet| usize::from(packet.payload)).sum()
    }

    /// The lane's packets, to be given back empty.
    pub(super) fn take_lane(&mut self, lane: Lane) -> Vec<Waiting> {
        std::mem::take(&mut self.lanes[lane as usize])
    }

    pub(super) fn give_back(&mut self, lane: Lane, mut packets: Vec<Waiting>) {
        packets.clear();
        self.lanes[lane as usize] = packets;
    }

    /// Whether one more packet may be sent again now.
    pub(super) fn may_resend(&mut self, now: Instant) -> bool {
        let (since, count) = &mut self.resends;
        if since.is_none_or(|since| now >= since + RESENDS_WINDOW) {
            (*since, *count) = (Some(now), 0);
        }
        *count += 1;
        *count <= RESENDS_MAX
    }

    /// A round trip that a report told of, smoothed.
    pub(super) fn measured(&mut self, round_trip: Duration) {
        if round_trip < Duration::from_secs(3) {
            self.round_trip = (self.round_trip * 3 + round_trip) / 4;
        }
    }
}
