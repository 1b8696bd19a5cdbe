//! The `TrackRouter` actor of a room: a shell around [`Router`] that reads the clock, speaks to the media plane and
//! tells receivers what their slots carry.

use super::link::MediaLink;
use super::messages::{
    AddReceiver, AdmitReceiver, Happened, NeedKeyframe, RemoveReceiver, SetView, SlotsGrown, SwitchMedia,
};
use super::router::{Changes, Router};
use crate::participant::{MediaReport, Notice, Participant, SlotNotice, WantSlots};
use actix::{Actor, Addr, AsyncContext, Context, Handler};
use media_plane::{Command, Event, Feed, PeerId, SlotId};
use std::collections::HashMap;
use std::time::{Duration, Instant};

/// Messages that may wait for a router.
pub(super) const MAILBOX: usize = 4_096;
/// Why it wakes up: tails of music end, and marks of speakers go out.
const TICK: Duration = Duration::from_millis(100);

/// See the module's text.
pub struct TrackRouter {
    router: Router,
    link: MediaLink,
    receivers: HashMap<PeerId, Addr<Participant>>,
    running: HashMap<(PeerId, SlotId), Feed>,
}

impl TrackRouter {
    /// A router for a new room.
    pub fn new(link: MediaLink, audio_slots: u8) -> Self {
        Self {
            router: Router::new(audio_slots, link.piece),
            link,
            receivers: HashMap::new(),
            running: HashMap::new(),
        }
    }

    #[expect(clippy::disallowed_methods, reason = "the shell is where the clock is read")]
    fn now() -> Instant {
        Instant::now()
    }

    fn carry_out(&mut self, changes: Changes) {
        for (peer, uplinks) in changes.allow {
            self.link.command(Command::Allow { peer, uplinks });
        }
        for (peer, demands) in changes.demands {
            self.link.command(Command::SetDemand { peer, demands });
        }
        if !changes.feeds.is_empty() {
            self.link.command(Command::SetFeeds(changes.feeds));
        }
        for (peer, slot) in changes.emptied {
            self.running.remove(&(peer, slot.slot));
            self.tell(peer, Notice::Slots(vec![slot]));
        }
        for (peer, slots) in changes.grow {
            if let Some(participant) = self.receivers.get(&peer)
                && participant.try_send(WantSlots(slots)).is_err()
            {
                tracing::error!("a participant does not keep up; more slots wait for the next change");
            }
        }
    }

    /// A participant whose mailbox is full misses this; its own shell notices and ends the connection.
    fn tell(&self, peer: PeerId, notice: Notice) {
        if let Some(participant) = self.receivers.get(&peer) {
            Participant::tell(participant, notice);
        }
    }

    fn announce_speakers(&mut self) {
        if let Some((speaking, changes)) = self.router.speaking(Self::now()) {
            self.carry_out(changes);
            let changes = self.router.pass_the_floor(&speaking);
            self.carry_out(changes);
            for peer in self.router.inside() {
                self.tell(peer, Notice::Speaking(speaking.clone()));
            }
        }
    }

    fn report(&self, peer: PeerId, event: Event) {
        if let Some(participant) = self.receivers.get(&peer)
            && participant.try_send(MediaReport(event)).is_err()
        {
            tracing::error!("a participant does not keep up with its media events");
        }
    }
}

impl Actor for TrackRouter {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        ctx.set_mailbox_capacity(MAILBOX);
        ctx.run_interval(TICK, |router, _| {
            let changes = router.router.tick(Self::now());
            router.carry_out(changes);
            router.announce_speakers();
        });
    }
}

impl Handler<AddReceiver> for TrackRouter {
    type Result = ();

    fn handle(&mut self, new: AddReceiver, _: &mut Self::Context) {
        self.receivers.insert(new.peer, new.addr);
        let now = Self::now();
        let changes = self.router.add(new.peer, new.participant, new.slots, new.media, new.inside, now);
        self.carry_out(changes);
        if new.follows_the_floor {
            let changes = self.router.follow_the_floor(new.peer);
            self.carry_out(changes);
        }
    }
}

impl Handler<AdmitReceiver> for TrackRouter {
    type Result = ();

    fn handle(&mut self, AdmitReceiver(peer): AdmitReceiver, _: &mut Self::Context) {
        let changes = self.router.admit(peer, Self::now());
        self.carry_out(changes);
    }
}

impl Handler<SwitchMedia> for TrackRouter {
    type Result = ();

    fn handle(&mut self, switch: SwitchMedia, _: &mut Self::Context) {
        let changes = self.router.set_media(switch.peer, switch.media, Self::now());
        self.carry_out(changes);
    }
}

impl Handler<SlotsGrown> for TrackRouter {
    type Result = ();

    fn handle(&mut self, grown: SlotsGrown, _: &mut Self::Context) {
        self.link.command(Command::GrowSlots { peer: grown.peer, slots: grown.slots });
        let changes = self.router.grown(grown.peer, grown.slots);
        self.carry_out(changes);
    }
}

impl Handler<SetView> for TrackRouter {
    type Result = ();

    fn handle(&mut self, view: SetView, _: &mut Self::Context) {
        let changes = self.router.set_view(view.peer, view.shown);
        self.carry_out(changes);
    }
}

impl Handler<NeedKeyframe> for TrackRouter {
    type Result = ();

    fn handle(&mut self, need: NeedKeyframe, _: &mut Self::Context) {
        if let Some(Feed::Publication(publication)) = self.running.get(&(need.peer, SlotId::Video(need.slot)))
        {
            self.link.command(Command::RequestKeyframe(*publication));
        }
    }
}

impl Handler<RemoveReceiver> for TrackRouter {
    type Result = ();

    fn handle(&mut self, RemoveReceiver(peer): RemoveReceiver, _: &mut Self::Context) {
        self.receivers.remove(&peer);
        self.running.retain(|(receiver, _), _| *receiver != peer);
        let changes = self.router.remove(peer, Self::now());
        self.carry_out(changes);
        self.link.remove(peer);
    }
}

impl Handler<Happened> for TrackRouter {
    type Result = ();

    fn handle(&mut self, Happened(event): Happened, _: &mut Self::Context) {
        match event {
            Event::Levels(levels) => {
                let changes = self.router.hear(&levels, Self::now());
                self.carry_out(changes);
                self.announce_speakers();
            }
            Event::SlotRunning(peer, slot, feed) => {
                self.running.insert((peer, slot), feed);
                if let Some(source) = self.router.source(feed) {
                    self.tell(peer, Notice::Slots(vec![SlotNotice { slot, source }]));
                }
            }
            Event::Connected(peer)
            | Event::Silent(peer, _)
            | Event::Gone(peer, _)
            | Event::Quality(peer, _, _)
            | Event::LayersWanted(media_plane::Publication { peer, .. }, _) => self.report(peer, event),
            Event::PublicationSeen(_) => {}
        }
    }
}

impl TrackRouter {
    /// Sends to a router; a full mailbox (see [`MAILBOX`]) means that the room is stuck: logged, and the connection
    /// concerned heals by the client's own reconnect.
    pub(crate) fn send<M>(addr: &Addr<Self>, message: M)
    where
        M: actix::Message + Send + 'static,
        M::Result: Send,
        Self: Handler<M>,
        <Self as Actor>::Context: actix::dev::ToEnvelope<Self, M>,
    {
        if addr.try_send(message).is_err() {
            tracing::error!("a track router does not keep up, or is gone");
        }
    }
}
