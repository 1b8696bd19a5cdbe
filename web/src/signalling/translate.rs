//! The wire's words into the actors', and back. Pure, one line a message; no rights, no limits.

use crate::protocol::{self as wire, ClientMessage, IceServer, ServerMessage};
use actors::authority;
use actors::participant::{
    self, Ask, Farewell, JoinedNotice, KnockNotice, LayerSet, MeetingSettings, Notice, ParticipantId,
    Picture, Profile, Reason, Rid, RoomFace, SlotId, SlotNotice, SlotQuality, SlotSource, WelcomeNotice,
};
use actors::room::Request;
use actors::store;

/// What a message up means once its sender has joined.
pub(super) enum Meaning {
    /// For the participant.
    Ask(Ask),
    /// Answered on the spot.
    Ping,
    /// A second `join`, or a slot that does not exist: the client broke the protocol.
    Violation(&'static str),
}

pub(super) fn meaning(message: ClientMessage) -> Meaning {
    let ask = match message {
        ClientMessage::Join { .. } => return Meaning::Violation("join is only the first message"),
        ClientMessage::Ping => return Meaning::Ping,
        ClientMessage::NeedKeyframe { mid } => match video_slot(&mid) {
            Some(slot) => Ask::NeedKeyframe(slot),
            None => return Meaning::Violation("need_keyframe names no video slot"),
        },
        ClientMessage::Answer { version, sdp } => Ask::Answer { version, sdp },
        ClientMessage::SetMedia { microphone, camera, screen } => {
            Ask::SetMedia(participant::MediaState { microphone, camera, screen })
        }
        ClientMessage::View { show } => Ask::View(show.into_iter().map(shown_up).collect()),
        ClientMessage::RestartIce => Ask::RestartIce,
        ClientMessage::Leave => Ask::Leave,
        ClientMessage::Admit { participant } => Ask::Room(Request::Admit(ParticipantId(participant))),
        ClientMessage::Refuse { participant } => Ask::Room(Request::Refuse(ParticipantId(participant))),
        ClientMessage::AdmitAll => Ask::Room(Request::AdmitAll),
        ClientMessage::RefuseAll => Ask::Room(Request::RefuseAll),
        ClientMessage::Remove { participant } => Ask::Room(Request::Remove(ParticipantId(participant))),
        ClientMessage::Configure { drawing, cursors, keeping } => Ask::Room(Request::Configure {
            drawing: drawing.map(drawing_up),
            cursors,
            keeping: keeping.map(Into::into),
        }),
        ClientMessage::MakePresenter { participant } => {
            Ask::Room(Request::MakePresenter(ParticipantId(participant)))
        }
        ClientMessage::SetDrawing { participant, may_draw } => {
            Ask::Room(Request::SetDrawing { participant: ParticipantId(participant), may_draw })
        }
    };
    Meaning::Ask(ask)
}

/// `v3` names slot 3.
fn video_slot(mid: &str) -> Option<u8> {
    mid.strip_prefix('v')?.parse().ok()
}

/// What is switched on, as the actors say it.
pub(super) fn media_up(media: wire::MediaState) -> participant::MediaState {
    participant::MediaState { microphone: media.microphone, camera: media.camera, screen: media.screen }
}

/// Sizes beyond all screens are as good as the largest.
fn shown_up(shown: wire::Shown) -> participant::Shown {
    let pixels = |length: u32| u16::try_from(length).unwrap_or(u16::MAX);
    participant::Shown {
        participant: ParticipantId(shown.participant),
        picture: match shown.kind {
            wire::PictureKind::Camera => Picture::Camera,
            wire::PictureKind::Screen => Picture::Screen,
        },
        width: pixels(shown.width),
        height: pixels(shown.height),
        pinned: shown.pinned,
    }
}

fn drawing_up(right: wire::DrawingRight) -> store::DrawingRight {
    match right {
        wire::DrawingRight::Everyone => store::DrawingRight::Everyone,
        wire::DrawingRight::Chosen => store::DrawingRight::Chosen,
        wire::DrawingRight::Presenter => store::DrawingRight::Presenter,
        wire::DrawingRight::Hosts => store::DrawingRight::Hosts,
    }
}

/// `ice_servers` makes credentials, for the message that has some.
pub(super) fn message(notice: Notice, ice_servers: impl FnOnce() -> Vec<IceServer>) -> ServerMessage {
    match notice {
        Notice::Joined(joined) => joined_down(*joined, ice_servers()),
        Notice::Waiting { ahead } => ServerMessage::Waiting { ahead },
        Notice::Welcome(welcome) => welcome_down(*welcome),
        Notice::ParticipantJoined(profile) => {
            ServerMessage::ParticipantJoined { participant: profile_down(profile) }
        }
        Notice::ParticipantChanged(profile) => {
            ServerMessage::ParticipantChanged { participant: profile_down(profile) }
        }
        Notice::ParticipantLeft(id) => ServerMessage::ParticipantLeft { participant: id.0 },
        Notice::Slots(slots) => ServerMessage::Slots { slots: slots_down(slots) },
        Notice::Speaking(ids) => {
            ServerMessage::Speaking { participants: ids.into_iter().map(|id| id.0).collect() }
        }
        Notice::Knocks(knocks) => ServerMessage::Knocks { knocks: knocks_down(knocks) },
        Notice::RoomChanged { room, settings, may_draw, drawers } => ServerMessage::RoomChanged {
            room: face_down(room),
            settings: settings_down(settings),
            may_draw,
            drawers: drawers.iter().map(|id| id.0.clone()).collect(),
        },
        Notice::Offer { version, sdp } => ServerMessage::Offer { version, sdp },
        Notice::Media { connected } => {
            let state =
                if connected { wire::MediaConnection::Connected } else { wire::MediaConnection::Lost };
            ServerMessage::Media { state }
        }
        Notice::Layers { camera, screen } => ServerMessage::Layers { camera: layers_down(camera), screen },
        Notice::Quality { slots, estimate } => ServerMessage::Quality {
            slots: slots.into_iter().map(quality_down).collect(),
            estimate: estimate.map(|estimate| estimate.0),
        },
        Notice::Refused(refusal) => {
            ServerMessage::Error { code: refusal.code().to_owned(), message: refusal.to_string() }
        }
        Notice::Bye(farewell) => ServerMessage::Bye { reason: farewell_down(farewell) },
    }
}

fn joined_down(joined: JoinedNotice, ice_servers: Vec<IceServer>) -> ServerMessage {
    ServerMessage::Joined {
        you: joined.you.0,
        resume: joined.resume,
        role: role_down(joined.role),
        room: face_down(joined.room),
        offer: wire::Offer { version: joined.version, sdp: joined.sdp },
        ice_servers,
    }
}

fn welcome_down(welcome: WelcomeNotice) -> ServerMessage {
    ServerMessage::Welcome {
        participants: welcome.participants.into_iter().map(profile_down).collect(),
        slots: slots_down(welcome.slots),
        settings: settings_down(welcome.settings),
        board: wire::BoardTicket { id: welcome.board, ticket: welcome.ticket },
        may_draw: welcome.may_draw,
        knocks: knocks_down(welcome.knocks),
    }
}

fn profile_down(profile: Profile) -> wire::Participant {
    wire::Participant {
        id: profile.id.0,
        name: profile.name,
        role: role_down(profile.role),
        ball: profile.ball,
        microphone: profile.media.microphone,
        camera: profile.media.camera,
        screen: profile.media.screen,
        away: profile.away,
        presenter: profile.presenter,
        may_draw: profile.may_draw,
    }
}

fn role_down(role: authority::Role) -> wire::Role {
    match role {
        authority::Role::Host => wire::Role::Host,
        authority::Role::Guest => wire::Role::Guest,
    }
}

fn face_down(face: RoomFace) -> wire::RoomFace {
    wire::RoomFace { name: face.name, colour: colour_down(face.colour).to_owned(), emoji: face.emoji }
}

fn colour_down(colour: store::RoomColour) -> &'static str {
    match colour {
        store::RoomColour::Honey => "honey",
        store::RoomColour::Pine => "pine",
        store::RoomColour::Fluff => "fluff",
        store::RoomColour::Brick => "brick",
        store::RoomColour::Sky => "sky",
        store::RoomColour::Plum => "plum",
        store::RoomColour::Moss => "moss",
        store::RoomColour::Chalk => "chalk",
    }
}

fn settings_down(settings: MeetingSettings) -> wire::MeetingSettings {
    let drawing = match settings.drawing {
        store::DrawingRight::Everyone => wire::DrawingRight::Everyone,
        store::DrawingRight::Chosen => wire::DrawingRight::Chosen,
        store::DrawingRight::Presenter => wire::DrawingRight::Presenter,
        store::DrawingRight::Hosts => wire::DrawingRight::Hosts,
    };
    wire::MeetingSettings { drawing, cursors: settings.cursors, keeping: settings.keeping.into() }
}

fn slots_down(slots: Vec<SlotNotice>) -> Vec<wire::Slot> {
    slots
        .into_iter()
        .map(|notice| wire::Slot { mid: mid(notice.slot), source: source_down(notice.source) })
        .collect()
}

fn mid(slot: SlotId) -> String {
    match slot {
        SlotId::Audio(index) => format!("a{index}"),
        SlotId::Music => "music".to_owned(),
        SlotId::Video(index) => format!("v{index}"),
    }
}

fn source_down(source: SlotSource) -> Option<wire::Source> {
    let of = |id: ParticipantId, kind| Some(wire::Source { participant: Some(id.0), kind });
    match source {
        SlotSource::Empty => None,
        SlotSource::Music => Some(wire::Source { participant: None, kind: wire::SourceKind::Music }),
        SlotSource::Microphone(id) => of(id, wire::SourceKind::Microphone),
        SlotSource::Camera(id) => of(id, wire::SourceKind::Camera),
        SlotSource::Screen(id) => of(id, wire::SourceKind::Screen),
    }
}

fn layers_down(layers: LayerSet) -> Vec<wire::Layer> {
    layers.iter().map(layer_down).collect()
}

fn layer_down(rid: Rid) -> wire::Layer {
    match rid {
        Rid::L => wire::Layer::L,
        Rid::M => wire::Layer::M,
        Rid::H => wire::Layer::H,
    }
}

fn quality_down((slot, quality): (SlotId, SlotQuality)) -> wire::SlotQuality {
    let reason = match quality.reason {
        Reason::Full => wire::QualityReason::Full,
        Reason::Size => wire::QualityReason::Size,
        Reason::Line => wire::QualityReason::Line,
        Reason::Source => wire::QualityReason::Source,
        Reason::Server => wire::QualityReason::Server,
        Reason::Paused => wire::QualityReason::Paused,
        Reason::Codec => wire::QualityReason::Codec,
    };
    wire::SlotQuality { mid: mid(slot), layer: quality.layer.map(layer_down), reason }
}

fn knocks_down(knocks: Vec<KnockNotice>) -> Vec<wire::Knock> {
    knocks
        .into_iter()
        .map(|knock| wire::Knock {
            participant: knock.participant.0,
            name: knock.name,
            waiting_seconds: knock.waiting_seconds,
        })
        .collect()
}

fn farewell_down(farewell: Farewell) -> wire::ByeReason {
    match farewell {
        Farewell::Refused => wire::ByeReason::Refused,
        Farewell::Removed => wire::ByeReason::Removed,
        Farewell::RoomGone => wire::ByeReason::RoomGone,
        Farewell::Elsewhere => wire::ByeReason::Elsewhere,
        Farewell::Restarting => wire::ByeReason::Restarting,
        Farewell::Left => wire::ByeReason::Left,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> ClientMessage {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn requests_keep_whom_they_are_about() {
        let admit = meaning(read(r#"{"type":"admit","participant":"abc"}"#));
        let expected = Ask::Room(Request::Admit(ParticipantId("abc".into())));
        assert!(matches!(admit, Meaning::Ask(ask) if ask == expected));
    }

    #[test]
    fn a_second_join_and_an_unknown_slot_break_the_protocol() {
        let join = r#"{"type":"join","protocol":1,"door":"x","name":"n","resume":null,
            "media":{"microphone":false,"camera":false,"screen":false}}"#;
        assert!(matches!(meaning(read(join)), Meaning::Violation(_)));
        for mid in ["a0", "v", "v999", "v-1", "💥"] {
            let text = format!(r#"{{"type":"need_keyframe","mid":"{mid}"}}"#);
            assert!(matches!(meaning(read(&text)), Meaning::Violation(_)), "{mid}");
        }
    }

    #[test]
    fn a_view_keeps_its_order_and_sizes_have_an_end() {
        let text = r#"{"type":"view","show":[
            {"participant":"p","kind":"screen","width":1920,"height":4000000000,"pinned":true},
            {"participant":"q","kind":"camera","width":320,"height":180,"pinned":false}]}"#;
        let Meaning::Ask(Ask::View(shown)) = meaning(read(text)) else { panic!("a view") };
        let first = participant::Shown {
            participant: ParticipantId("p".into()),
            picture: Picture::Screen,
            width: 1920,
            height: u16::MAX,
            pinned: true,
        };
        assert_eq!((shown.len(), &shown[0]), (2, &first));
        assert_eq!((shown[1].picture, shown[1].height, shown[1].pinned), (Picture::Camera, 180, false));
    }

    #[test]
    fn layers_and_quality_are_told_by_rid() {
        let layers = Notice::Layers { camera: LayerSet::from_iter([Rid::H, Rid::L]), screen: true };
        let json = serde_json::to_value(message(layers, Vec::new)).unwrap();
        assert_eq!(json, serde_json::json!({"type": "layers", "camera": ["l", "h"], "screen": true}));
        let slots = vec![
            (SlotId::Video(0), SlotQuality { layer: Some(Rid::M), reason: Reason::Line }),
            (SlotId::Video(1), SlotQuality { layer: None, reason: Reason::Paused }),
        ];
        let json =
            serde_json::to_value(message(Notice::Quality { slots, estimate: None }, Vec::new)).unwrap();
        let expected = serde_json::json!({"type": "quality", "estimate": null, "slots": [
            {"mid": "v0", "layer": "m", "reason": "line"}, {"mid": "v1", "layer": null, "reason": "paused"},
        ]});
        assert_eq!(json, expected);
    }

    #[test]
    fn unknown_fields_and_types_are_refused() {
        for text in [r#"{"type":"ping2"}"#, r#"{"type":"admit","participant":"a","role":"host"}"#, "{}", "[]"]
        {
            assert!(serde_json::from_str::<ClientMessage>(text).is_err(), "{text}");
        }
    }

    #[test]
    fn slots_are_named_by_their_mid() {
        let slots = vec![
            SlotNotice { slot: SlotId::Audio(2), source: SlotSource::Microphone(ParticipantId("p".into())) },
            SlotNotice { slot: SlotId::Music, source: SlotSource::Music },
            SlotNotice { slot: SlotId::Video(11), source: SlotSource::Empty },
        ];
        let json = serde_json::to_value(message(Notice::Slots(slots), Vec::new)).unwrap();
        let expected = serde_json::json!({"type": "slots", "slots": [
            {"mid": "a2", "source": {"participant": "p", "kind": "microphone"}},
            {"mid": "music", "source": {"participant": null, "kind": "music"}},
            {"mid": "v11", "source": null},
        ]});
        assert_eq!(json, expected);
    }
}
