//! Who sees and hears whom: the forwarding table of one room. Pure: what happens goes in, changes come out.
//!
//! Invariants: somebody waiting gets the music and nothing else, and nothing of theirs is allowed; nobody receives
//! their own publications; a publication that is switched off is in no slot, nor one that its receiver does not show.

use super::slots::{SlotTable, video_step};
use super::speakers::Speakers;
use super::view::{Room, View};
use crate::participant::{MediaState, ParticipantId, Shown, SlotNotice, SlotSource};
use media_plane::{Demand, Feed, PeerId, Publication, SlotCount, SlotId, Uplink};
use std::time::{Duration, Instant};

/// How long the music goes on after admission, while the client fades it out.
pub(super) const MUSIC_TAIL: Duration = Duration::from_millis(600);

/// What has to be done now; the shell does it.
#[derive(Default, Debug, PartialEq)]
pub(super) struct Changes {
    /// For the media plane.
    pub(super) feeds: Vec<(PeerId, SlotId, Feed)>,
    /// For the media plane, before the feeds: how large and how important slots are to their receivers.
    pub(super) demands: Vec<(PeerId, Vec<(SlotId, Demand)>)>,
    /// For the media plane: what of a peer is forwarded at all.
    pub(super) allow: Vec<(PeerId, Vec<Uplink>)>,
    /// Connections that want this many video slots.
    pub(super) grow: Vec<(PeerId, u8)>,
    /// Slots that are empty from now on, for their receivers.
    pub(super) emptied: Vec<(PeerId, SlotNotice)>,
}

#[derive(Debug)]
struct Member {
    peer: PeerId,
    participant: ParticipantId,
    inside: bool,
    media: MediaState,
    table: SlotTable,
    view: View,
    asked_slots: u8,
    music_until: Option<Instant>,
    follows_the_floor: bool,
}

/// See the module's text.
#[derive(Debug)]
pub(super) struct Router {
    piece: u16,
    members: Vec<Member>,
    speakers: Speakers,
    /// Who had the floor, the latest first.
    floor: Vec<ParticipantId>,
    /// Who is speaking.
    loud: Vec<PeerId>,
}

impl Router {
    /// `audio_slots`: speakers that each receiver hears at once; `piece`: the music of this room's lobby.
    pub(super) fn new(audio_slots: u8, piece: u16) -> Self {
        // One place more than slots: a speaker does not hear themselves and still hears as many others.
        Self {
            piece,
            members: Vec::new(),
            speakers: Speakers::new(usize::from(audio_slots) + 1),
            floor: Vec::new(),
            loud: Vec::new(),
        }
    }

    /// A new connection, in the lobby or inside.
    pub(super) fn add(
        &mut self,
        peer: PeerId,
        participant: ParticipantId,
        slots: SlotCount,
        media: MediaState,
        inside: bool,
        now: Instant,
    ) -> Changes {
        let mut changes = Changes::default();
        self.members.push(Member {
            peer,
            participant,
            inside,
            media,
            table: SlotTable::new(slots),
            view: View::default(),
            asked_slots: slots.video,
            music_until: None,
            follows_the_floor: false,
        });
        if inside {
            self.open(peer, now, &mut changes);
        } else {
            changes.feeds.push((peer, SlotId::Music, Feed::Music(self.piece)));
        }
        changes
    }

    /// Somebody comes in from the lobby, over the same connection.
    pub(super) fn admit(&mut self, peer: PeerId, now: Instant) -> Changes {
        let mut changes = Changes::default();
        if let Some(member) = self.member_mut(peer).filter(|member| !member.inside) {
            member.inside = true;
            member.music_until = Some(now + MUSIC_TAIL);
            self.open(peer, now, &mut changes);
        }
        changes
    }

    /// What somebody has switched on.
    pub(super) fn set_media(&mut self, peer: PeerId, media: MediaState, now: Instant) -> Changes {
        let mut changes = Changes::default();
        let Some(member) = self.member_mut(peer) else {
            return changes;
        };
        member.media = media;
        if member.inside {
            self.open(peer, now, &mut changes);
        }
        changes
    }

    /// What somebody inside shows from now on.
    pub(super) fn set_view(&mut self, peer: PeerId, shown: Vec<Shown>) -> Changes {
        let mut changes = Changes::default();
        let room = self.room();
        if let Some(member) = self.member_mut(peer).filter(|member| member.inside) {
            member.view.show(shown);
            member.sort(&room, &mut changes);
        }
        changes
    }

    /// The connection has more slots now.
    pub(super) fn grown(&mut self, peer: PeerId, slots: SlotCount) -> Changes {
        let mut changes = Changes::default();
        if let Some(member) = self.member_mut(peer) {
            member.table.grow(slots);
            member.asked_slots = slots.video;
        }
        self.assign(&mut changes);
        changes
    }

    /// A connection is gone.
    pub(super) fn remove(&mut self, peer: PeerId, now: Instant) -> Changes {
        let mut changes = Changes::default();
        if let Some(participant) = self.member(peer).map(|member| member.participant.clone()) {
            self.floor.retain(|other| *other != participant);
        }
        self.members.retain(|member| member.peer != peer);
        self.speakers.remove(peer, now);
        self.assign(&mut changes);
        changes
    }

    /// A report of levels.
    pub(super) fn hear(&mut self, levels: &[(PeerId, u8)], now: Instant) -> Changes {
        let mut changes = Changes::default();
        if self.speakers.hear(levels, now) {
            self.assign(&mut changes);
        }
        changes
    }

    /// Time has passed: tails of music end.
    pub(super) fn tick(&mut self, now: Instant) -> Changes {
        let mut changes = Changes::default();
        for member in &mut self.members {
            if member.music_until.is_some_and(|until| now >= until) {
                member.music_until = None;
                changes.feeds.push((member.peer, SlotId::Music, Feed::Silence));
                changes.emptied.push((member.peer, empty(SlotId::Music)));
            }
        }
        changes
    }

    /// Who speaks now, the loudest first; `None` when nothing changed. Their pictures come before those of others.
    pub(super) fn speaking(&mut self, now: Instant) -> Option<(Vec<ParticipantId>, Changes)> {
        self.loud = self.speakers.speaking(now)?;
        let names = self.loud.iter().filter_map(|&peer| self.member(peer));
        let names = names.map(|member| member.participant.clone()).collect();
        let mut changes = Changes::default();
        let room = self.room();
        for member in self.members.iter_mut().filter(|member| member.inside) {
            member.tell_demands(&room, &mut changes);
        }
        Some((names, changes))
    }

    /// This connection gets pictures in the order in which people last had the floor: it has few slots and no layout
    /// of its own.
    pub(super) fn follow_the_floor(&mut self, peer: PeerId) -> Changes {
        let mut changes = Changes::default();
        if let Some(member) = self.member_mut(peer) {
            member.follows_the_floor = true;
            self.assign(&mut changes);
        }
        changes
    }

    /// Who speaks has changed. The floor passes only when whoever has it is silent: two who talk at the same time would
    /// otherwise swap pictures on every word.
    pub(super) fn pass_the_floor(&mut self, speaking: &[ParticipantId]) -> Changes {
        let mut changes = Changes::default();
        let keeps = self.floor.first().is_some_and(|holder| speaking.contains(holder));
        if let Some(next) = speaking.first().filter(|_| !keeps) {
            self.floor.retain(|other| other != next);
            self.floor.insert(0, next.clone());
            if self.members.iter().any(|member| member.follows_the_floor) {
                self.assign(&mut changes);
            }
        }
        changes
    }

    /// How a slot's feed is named to its receiver; `None` when its publisher has gone meanwhile.
    pub(super) fn source(&self, feed: Feed) -> Option<SlotSource> {
        match feed {
            Feed::Silence => Some(SlotSource::Empty),
            Feed::Music(_) => Some(SlotSource::Music),
            Feed::Publication(publication) => {
                let participant = self.member(publication.peer)?.participant.clone();
                Some(match publication.uplink {
                    Uplink::Microphone => SlotSource::Microphone(participant),
                    Uplink::Camera => SlotSource::Camera(participant),
                    Uplink::Screen => SlotSource::Screen(participant),
                })
            }
        }
    }

    /// Connections of people inside.
    pub(super) fn inside(&self) -> impl Iterator<Item = PeerId> {
        self.members.iter().filter(|member| member.inside).map(|member| member.peer)
    }

    fn member(&self, peer: PeerId) -> Option<&Member> {
        self.members.iter().find(|member| member.peer == peer)
    }

    fn member_mut(&mut self, peer: PeerId) -> Option<&mut Member> {
        self.members.iter_mut().find(|member| member.peer == peer)
    }

    /// Allows what somebody inside has switched on, and sorts everybody's slots anew.
    fn open(&mut self, peer: PeerId, now: Instant, changes: &mut Changes) {
        let Some(member) = self.member(peer) else { return };
        let media = member.media;
        let switches = [
            (media.microphone, Uplink::Microphone),
            (media.camera, Uplink::Camera),
            (media.screen, Uplink::Screen),
        ];
        let allowed = switches.into_iter().filter(|(on, _)| *on).map(|(_, uplink)| uplink);
        changes.allow.push((peer, allowed.collect()));
        if media.microphone {
            self.speakers.add(peer, now);
        } else {
            self.speakers.remove(peer, now);
        }
        self.assign(changes);
    }

    fn assign(&mut self, changes: &mut Changes) {
        let room = self.room();
        for member in self.members.iter_mut().filter(|member| member.inside) {
            member.sort(&room, changes);
        }
    }

    /// What there is to hear and to see, for all receivers alike.
    fn room(&self) -> Room {
        let (voices, pictures) = (self.speakers.stage().iter(), self.pictures());
        Room {
            voices: voices.map(|&peer| Publication { peer, uplink: Uplink::Microphone }).collect(),
            by_floor: self.by_floor(&pictures),
            pictures,
            inside: self
                .members
                .iter()
                .filter(|member| member.inside)
                .map(|member| (member.participant.clone(), (member.peer, member.media)))
                .collect(),
            loud: self.loud.clone(),
        }
    }

    /// The same pictures, cameras in the order in which their owners last had the floor.
    fn by_floor(&self, pictures: &[Publication]) -> Vec<Publication> {
        let rank = |publication: &Publication| {
            let spoke = self.member(publication.peer).and_then(|member| {
                self.floor.iter().position(|participant| *participant == member.participant)
            });
            (publication.uplink != Uplink::Screen, spoke.unwrap_or(usize::MAX))
        };
        let mut sorted = pictures.to_vec();
        sorted.sort_by_key(rank);
        sorted
    }

    /// All pictures of people inside: screens first, then cameras, each in order of arrival.
    fn pictures(&self) -> Vec<Publication> {
        let inside = || self.members.iter().filter(|member| member.inside);
        let screens = inside().filter(|member| member.media.screen).map(|member| (member, Uplink::Screen));
        let cameras = inside().filter(|member| member.media.camera).map(|member| (member, Uplink::Camera));
        screens.chain(cameras).map(|(member, uplink)| Publication { peer: member.peer, uplink }).collect()
    }
}

impl Member {
    /// Puts what this one hears and sees into the slots.
    fn sort(&mut self, room: &Room, changes: &mut Changes) {
        let peer = self.peer;
        let foreign = |publication: &Publication| publication.peer != peer;
        let audio: Vec<Publication> = room.voices.iter().copied().filter(foreign).collect();
        let video: Vec<Publication> = match self.follows_the_floor {
            true => room.by_floor.iter().copied().filter(foreign).collect(),
            false => self.view.pictures(room).into_iter().filter(foreign).collect(),
        };
        for (slot, feed) in self.table.assign(&audio, &video) {
            changes.feeds.push((peer, slot, feed));
            if feed == Feed::Silence {
                changes.emptied.push((peer, empty(slot)));
            }
        }
        self.tell_demands(room, changes);
        let step = video_step(video.len());
        if video.len() > self.table.video_slots() && step > self.asked_slots {
            self.asked_slots = step;
            changes.grow.push((peer, step));
        }
    }

    fn tell_demands(&mut self, room: &Room, changes: &mut Changes) {
        let demands = self.view.demands(room, self.table.pictures());
        if !demands.is_empty() {
            changes.demands.push((self.peer, demands));
        }
    }
}

fn empty(slot: SlotId) -> SlotNotice {
    SlotNotice { slot, source: SlotSource::Empty }
}

#[cfg(test)]
#[path = "router_tests.rs"]
mod tests;
