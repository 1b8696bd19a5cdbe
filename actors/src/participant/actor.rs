//! The `Participant` actor: the shell around [`Negotiation`] and the way to one person's socket.

use super::messages::{Ask, ComeBack, ComeIn, MediaReport, SocketGone, Tell, WantSlots};
use super::negotiation::{Answered, Negotiation};
use super::watched::Watched;
use super::{
    Farewell, JoinedNotice, MediaState, Notice, ParticipantId, Refusal, RoomFace, Shown, SlotNotice,
    SlotSource, StreamOffer,
};
use crate::authority::Role;
use crate::load::SharedFigures;
use crate::room::{FromParticipant, Request, Room};
use crate::sfu::{
    AddReceiver, AdmitReceiver, MediaLink, NeedKeyframe, RemoveReceiver, SetView, SlotsGrown, SwitchMedia,
    TrackRouter, VIDEO_STEPS,
};
use actix::{Actor, ActorContext, Addr, AsyncContext, Context, Handler, SpawnHandle};
use media_plane::description::Remote;
use media_plane::{Command, Event, LayerSet, Publication, SlotCount, SlotId};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};
use tokio::sync::mpsc;

/// Messages that may wait for a participant; one more means that they are lost to the room.
const MAILBOX: usize = 1_024;
/// How long somebody is kept whose socket closed unexpectedly.
const GRACE: Duration = Duration::from_secs(30);
/// The same after the browser said that it goes away: a reload takes a second or two.
const GRACE_GOING_AWAY: Duration = Duration::from_secs(10);
/// Why it wakes up: a room that crashed cannot say goodbye.
const WATCH: Duration = Duration::from_secs(1);

/// What ties somebody to the server beside their media.
pub enum Line {
    /// A browser: its socket's writer.
    Socket(mpsc::Sender<Notice>),
    /// An encoder or a screen: nothing but its offer.
    Stream(Box<StreamOffer>),
}

/// What a participant is made of.
pub struct ParticipantParts {
    /// Their id.
    pub id: ParticipantId,
    /// Their token for coming back.
    pub resume: String,
    /// Host or guest.
    pub role: Role,
    /// Whether they take part (`Action::TakePart`): somebody waiting gets the music and nothing else.
    pub takes_part: bool,
    /// The room's face.
    pub face: RoomFace,
    /// What they are about to send.
    pub media: MediaState,
    /// What they sent until now by an older connection: no room has to be found for that.
    pub before: MediaState,
    /// Their socket, or their offer.
    pub line: Line,
    /// The room.
    pub room: Addr<Room>,
    /// The room's track router.
    pub router: Addr<TrackRouter>,
    /// The room's media thread.
    pub link: MediaLink,
    /// Where joins are counted.
    pub figures: SharedFigures,
    /// Speakers heard at once.
    pub audio_slots: u8,
}

/// See the module's text.
pub struct Participant {
    pub(super) parts: ParticipantParts,
    out: Option<mpsc::Sender<Notice>>,
    pub(super) connection: Option<Negotiation>,
    connecting_since: Option<Instant>,
    slots: BTreeMap<SlotId, SlotSource>,
    watched: Watched,
    leaving: Option<SpawnHandle>,
}

impl Participant {
    /// Ready to be started in the room's arbiter.
    pub fn new(parts: ParticipantParts) -> Self {
        let out = match &parts.line {
            Line::Socket(out) => Some(out.clone()),
            Line::Stream(_) => None,
        };
        Self {
            out,
            parts,
            connection: None,
            connecting_since: None,
            slots: BTreeMap::new(),
            watched: Watched::default(),
            leaving: None,
        }
    }

    /// Tells somebody something. A full mailbox loses it: logged, and the client notices by its missing pong.
    pub(crate) fn tell(addr: &Addr<Self>, notice: Notice) {
        if let Err(actix::dev::SendError::Full(_)) = addr.try_send(Tell(notice)) {
            tracing::error!("a participant does not keep up with its notices");
        }
    }

    #[expect(clippy::disallowed_methods, reason = "the shell is where the clock is read")]
    fn now() -> Instant {
        Instant::now()
    }

    /// A new media connection; whatever was before is forgotten.
    fn connect(&mut self) {
        self.disconnect();
        let parts = &self.parts;
        let peer = parts.link.new_peer();
        let ice = parts.link.new_credentials(peer);
        let slots = self.first_slots(SlotCount { audio: parts.audio_slots, video: VIDEO_STEPS[0] });
        parts.link.register(peer, parts.router.clone());
        parts.link.command(Command::AddPeer { peer, ice: ice.clone(), slots });
        self.watched = Watched::default();
        self.connecting_since = Some(Self::now());
        self.connection = Some(Negotiation::new(peer, ice, slots));
        self.describe_stream();
    }

    fn introduce(&self, addr: Addr<Self>) {
        let Some(connection) = &self.connection else { return };
        let proposal = connection.proposal();
        let add = AddReceiver {
            peer: connection.peer,
            participant: self.parts.id.clone(),
            addr,
            slots: proposal.slots,
            media: self.parts.media,
            inside: self.parts.takes_part,
            follows_the_floor: self.follows_the_floor(),
        };
        TrackRouter::send(&self.parts.router, add);
    }

    fn disconnect(&mut self) {
        if let Some(connection) = self.connection.take() {
            TrackRouter::send(&self.parts.router, RemoveReceiver(connection.peer));
        }
        self.slots.clear();
    }

    /// The first word, for a browser.
    fn joined(&self) -> Option<Notice> {
        self.out.as_ref()?;
        let (version, sdp) = self.offer()?;
        Some(Notice::Joined(Box::new(JoinedNotice {
            you: self.parts.id.clone(),
            resume: self.parts.resume.clone(),
            role: self.parts.role,
            room: self.parts.face.clone(),
            version,
            sdp,
        })))
    }

    fn offer(&self) -> Option<(u32, String)> {
        let connection = self.connection.as_ref()?;
        let proposal = connection.proposal();
        let sdp = self.parts.link.offer(connection.peer, proposal.version, &proposal.ice, proposal.slots);
        Some((proposal.version, sdp))
    }

    fn send_offer(&mut self, ctx: &mut Context<Self>) {
        if let Some((version, sdp)) = self.offer() {
            self.deliver(Notice::Offer { version, sdp }, ctx);
        }
    }

    /// Puts a notice into the socket's queue. A full queue ends the socket (its writer closes with 1013), as if it
    /// had dropped; the participant stays for the grace period.
    fn deliver(&mut self, notice: Notice, ctx: &mut Context<Self>) {
        let last = matches!(notice, Notice::Bye(_));
        if let Some(out) = &self.out
            && let Err(mpsc::error::TrySendError::Full(_)) = out.try_send(notice)
        {
            self.socket_gone(GRACE, ctx);
        }
        if last {
            self.out = None;
            ctx.stop();
        }
    }

    fn socket_gone(&mut self, grace: Duration, ctx: &mut Context<Self>) {
        self.out = None;
        self.ask_room(Request::SetAway(true));
        let leave = ctx.run_later(grace, |participant, ctx| {
            participant.ask_room(Request::Leave);
            ctx.stop();
        });
        if let Some(earlier) = self.leaving.replace(leave) {
            ctx.cancel_future(earlier);
        }
    }

    pub(super) fn ask_room(&self, request: Request) {
        let ask = FromParticipant { from: self.parts.id.clone(), request };
        if let Err(actix::dev::SendError::Full(_)) = self.parts.room.try_send(ask) {
            tracing::error!("a room does not keep up with its participants");
        }
    }

    fn answered(&mut self, version: u32, sdp: &str, ctx: &mut Context<Self>) {
        let Some(connection) = &mut self.connection else { return };
        let remote = match Remote::parse_answer(sdp) {
            Ok(remote) => remote,
            Err(_not_understood) => return self.deliver(Notice::Refused(Refusal::AnswerInvalid), ctx),
        };
        let peer = connection.peer;
        match connection.answer(version) {
            Answered::Stale => {}
            Answered::Current { grown } => {
                let more = connection.next_offer();
                self.parts.link.command(Command::SetRemote { peer, remote: Box::new(remote) });
                if let Some(slots) = grown {
                    TrackRouter::send(&self.parts.router, SlotsGrown { peer, slots });
                }
                if more {
                    self.send_offer(ctx);
                }
            }
        }
    }

    fn restart_ice(&mut self, ctx: &mut Context<Self>) {
        if let Some(connection) = &mut self.connection {
            let peer = connection.peer;
            let ice = self.parts.link.new_credentials(peer);
            connection.restart(ice.clone());
            self.parts.link.command(Command::RestartIce { peer, ice });
            self.send_offer(ctx);
        }
    }

    /// What is switched on now. Pictures for which the server has no room stay off, and their sender is told.
    fn set_media(&mut self, asked: MediaState, ctx: &mut Context<Self>) {
        let media = self.admitted(asked, self.parts.media);
        self.parts.media = media;
        if media != asked {
            self.deliver(Notice::Refused(Refusal::ServerFull), ctx);
        }
        self.ask_room(Request::SetMedia(media));
        if let Some(connection) = &self.connection {
            TrackRouter::send(&self.parts.router, SwitchMedia { peer: connection.peer, media });
        }
    }

    /// Of somebody who takes part, the pictures that were on before and those for which there is room.
    fn admitted(&self, asked: MediaState, before: MediaState) -> MediaState {
        match &self.connection {
            Some(connection) if self.parts.takes_part => {
                asked.limited(before, || self.parts.link.admits_picture(connection.peer))
            }
            _ => asked,
        }
    }

    /// Whoever comes in with more pictures than there is room for comes in without them.
    fn come_in_with(&mut self, asked: MediaState, before: MediaState, ctx: &mut Context<Self>) {
        self.parts.media = self.admitted(asked, before);
        if self.parts.media != asked {
            self.ask_room(Request::SetMedia(self.parts.media));
            self.deliver(Notice::Refused(Refusal::ServerFull), ctx);
        }
    }

    fn show(&mut self, shown: Vec<Shown>, ctx: &mut Context<Self>) {
        if !self.parts.takes_part {
            return self.deliver(Notice::Refused(Refusal::Forbidden), ctx);
        }
        if let Some(connection) = &self.connection {
            TrackRouter::send(&self.parts.router, SetView { peer: connection.peer, shown });
        }
    }

    fn need_keyframe(&self, slot: u8) {
        if let Some(connection) = &self.connection {
            TrackRouter::send(&self.parts.router, NeedKeyframe { peer: connection.peer, slot });
        }
    }

    fn layers_wanted(&mut self, publication: Publication, layers: LayerSet, ctx: &mut Context<Self>) {
        let current = self.connection.as_ref().is_some_and(|connection| connection.peer == publication.peer);
        if current && let Some(notice) = self.watched.set(publication.uplink, layers) {
            self.deliver(notice, ctx);
        }
    }

    /// Remembers what the slots carry, so that a welcome can tell it.
    fn note_slots(&mut self, changed: &[SlotNotice]) {
        for notice in changed {
            self.slots.insert(notice.slot, notice.source.clone());
        }
    }
}

impl Actor for Participant {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        ctx.set_mailbox_capacity(MAILBOX);
        self.connect();
        if let Some(joined) = self.joined() {
            self.deliver(joined, ctx);
        }
        self.come_in_with(self.parts.media, self.parts.before, ctx);
        self.introduce(ctx.address());
        ctx.run_interval(WATCH, |participant, ctx| {
            if !participant.parts.room.connected() {
                participant.deliver(Notice::Bye(Farewell::Restarting), ctx);
                ctx.stop();
            }
        });
    }

    fn stopped(&mut self, _: &mut Self::Context) {
        self.disconnect();
    }
}

impl Handler<Tell> for Participant {
    type Result = ();

    fn handle(&mut self, Tell(mut notice): Tell, ctx: &mut Self::Context) {
        match &mut notice {
            Notice::Slots(changed) => self.note_slots(changed),
            Notice::Welcome(welcome) => {
                let slots = self.slots.iter();
                welcome.slots =
                    slots.map(|(&slot, source)| SlotNotice { slot, source: source.clone() }).collect();
            }
            Notice::RoomChanged { room, .. } => self.parts.face = room.clone(),
            _ => {}
        }
        self.deliver(notice, ctx);
    }
}

impl Handler<ComeIn> for Participant {
    type Result = ();

    fn handle(&mut self, ComeIn: ComeIn, ctx: &mut Self::Context) {
        self.parts.takes_part = true;
        let asked = self.parts.media;
        self.come_in_with(asked, MediaState::default(), ctx);
        if let Some(connection) = &self.connection {
            if self.parts.media != asked {
                let switch = SwitchMedia { peer: connection.peer, media: self.parts.media };
                TrackRouter::send(&self.parts.router, switch);
            }
            TrackRouter::send(&self.parts.router, AdmitReceiver(connection.peer));
        }
    }
}

impl Handler<Ask> for Participant {
    type Result = ();

    fn handle(&mut self, ask: Ask, ctx: &mut Self::Context) {
        match ask {
            Ask::Answer { version, sdp } => self.answered(version, &sdp, ctx),
            Ask::SetMedia(media) => self.set_media(media, ctx),
            Ask::View(shown) => self.show(shown, ctx),
            Ask::RestartIce => self.restart_ice(ctx),
            Ask::NeedKeyframe(slot) => self.need_keyframe(slot),
            Ask::Leave => {
                self.ask_room(Request::Leave);
                self.deliver(Notice::Bye(Farewell::Left), ctx);
            }
            Ask::Room(request) => self.ask_room(request),
        }
    }
}

impl Handler<WantSlots> for Participant {
    type Result = ();

    fn handle(&mut self, WantSlots(video): WantSlots, ctx: &mut Self::Context) {
        if self.connection.as_mut().is_some_and(|connection| connection.want_video(video)) {
            self.send_offer(ctx);
        }
    }
}

impl Handler<MediaReport> for Participant {
    type Result = ();

    fn handle(&mut self, MediaReport(event): MediaReport, ctx: &mut Self::Context) {
        match event {
            Event::Connected(_) => {
                if let Some(since) = self.connecting_since.take() {
                    self.parts.figures.joined(Self::now().saturating_duration_since(since));
                }
                self.deliver(Notice::Media { connected: true }, ctx);
            }
            Event::Silent(_, silent) => self.deliver(Notice::Media { connected: !silent }, ctx),
            Event::Gone(peer, _) => {
                if self.connection.as_ref().is_some_and(|connection| connection.peer == peer) {
                    self.disconnect();
                    self.deliver(Notice::Media { connected: false }, ctx);
                    self.stream_lost(ctx);
                }
            }
            Event::LayersWanted(publication, layers) => self.layers_wanted(publication, layers, ctx),
            Event::Quality(_, slots, estimate) => self.deliver(Notice::Quality { slots, estimate }, ctx),
            Event::SlotRunning(..) | Event::PublicationSeen(_) | Event::Levels(_) => {}
        }
    }
}

impl Handler<ComeBack> for Participant {
    type Result = ();

    fn handle(&mut self, back: ComeBack, ctx: &mut Self::Context) {
        if let Some(leaving) = self.leaving.take() {
            ctx.cancel_future(leaving);
        }
        if let Some(old) = self.out.replace(back.out)
            && old.try_send(Notice::Bye(Farewell::Elsewhere)).is_err()
        {
            tracing::debug!("the older socket was already gone");
        }
        self.connect();
        if let Some(joined) = self.joined() {
            self.deliver(joined, ctx);
        }
        self.come_in_with(back.media, self.parts.media, ctx);
        self.introduce(ctx.address());
    }
}

impl Handler<SocketGone> for Participant {
    type Result = ();

    fn handle(&mut self, gone: SocketGone, ctx: &mut Self::Context) {
        let current = self.out.as_ref().is_some_and(|out| out.same_channel(&gone.out));
        if current {
            self.socket_gone(if gone.going_away { GRACE_GOING_AWAY } else { GRACE }, ctx);
        }
    }
}
