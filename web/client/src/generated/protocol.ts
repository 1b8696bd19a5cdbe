// Made from web/src/protocol by web/tests/client_types.rs. Do not edit.

export const PROTOCOL_VERSION = 1;

/** Who may draw. */
export type DrawingRight = "everyone" | "chosen" | "presenter" | "hosts";

/** What becomes of the board when everybody has left. */
export type Keeping = { "policy": "wipe" } | { "policy": "days",
/** 1 to 365. */
days: number, } | { "policy": "keep" };

/** What somebody is in a room. */
export type Role = "host" | "guest";

/** A room's face. */
export type RoomFace = {
/** Its name: text, never markup. */
name: string,
/** One of the eight washes, e.g. `fluff`. */
colour: string,
/** One emoji. */
emoji: string | null, };

/** The meeting's settings that everybody sees. */
export type MeetingSettings = {
/** Who may draw. */
drawing: DrawingRight,
/** Whether everybody's cursors are shown on the board, or only those of presenter and hosts. */
cursors: boolean,
/** What becomes of the board when everybody has left. */
keeping: Keeping, };

/** Somebody in the room. */
export type Participant = {
/** Their id for this stay. */
id: string,
/** Display name: text, never markup. */
name: string,
/** Host or guest. */
role: Role,
/** Ball colour, 0–7. */
ball: number,
/** The microphone is switched on. */
microphone: boolean,
/** The camera is switched on. */
camera: boolean,
/** The screen is shared. */
screen: boolean,
/** Their socket is gone; they may come back. */
away: boolean,
/** They present; at most one does. */
presenter: boolean,
/** They may draw. */
may_draw: boolean, };

/** What a slot may carry. */
export type SourceKind = "microphone" | "camera" | "screen" | "music";

/** What a slot carries. */
export type Source = {
/** Whose; null for music. */
participant: string | null,
/** What. */
kind: SourceKind, };

/** A receiving m-line and what it carries. */
export type Slot = {
/** The m-line's `mid`. */
mid: string,
/** Null: nothing. */
source: Source | null, };

/** Somebody at the door. */
export type Knock = {
/** Their id. */
participant: string,
/** Display name: text, never markup. */
name: string,
/** How long they have waited. */
waiting_seconds: number, };

/** A session description to answer. */
export type Offer = {
/** Counts up; named in the answer. */
version: number,
/** Session description. */
sdp: string, };

/** A TURN or STUN server, as `RTCIceServer`. */
export type IceServer = {
/** Its addresses. */
urls: Array<string>,
/** Short-lived user name. */
username: string | null,
/** Short-lived password. */
credential: string | null, };

/** Where the board is. */
export type BoardTicket = {
/** The last part of the board's URL. */
id: string,
/** Names the participant to the board's socket. */
ticket: string, };

/** What the server knows of one's media connection. */
export type MediaConnection = "connected" | "lost";

/** A layer of a video publication, by its `rid`. */
export type Layer = "l" | "m" | "h";

/** Why a slot carries the layer that it carries and not a larger one. */
export type QualityReason = "full" | "size" | "line" | "source" | "server" | "paused" | "codec";

/** What a video slot carries. */
export type SlotQuality = {
/** The m-line's `mid`. */
mid: string,
/** Null: nothing. */
layer: Layer | null,
/** Why not more. */
reason: QualityReason, };

/** Why it is over. */
export type ByeReason = "refused" | "removed" | "room_gone" | "elsewhere" | "restarting" | "left";

/** Everything the server may say. */
export type ServerMessage = { "type": "joined",
/** Your id. */
you: string,
/** For coming back. */
resume: string,
/** Host or guest. */
role: Role,
/** The room's face. */
room: RoomFace,
/** To be answered. */
offer: Offer,
/** TURN servers, if any. */
ice_servers: Array<IceServer>, } | { "type": "waiting",
/** How many wait before you. */
ahead: number, } | { "type": "welcome",
/** Everyone, you too. */
participants: Array<Participant>,
/** All slots. */
slots: Array<Slot>,
/** The meeting's settings. */
settings: MeetingSettings,
/** Where the board is. */
board: BoardTicket,
/** Whether you may draw. */
may_draw: boolean,
/** Who waits (hosts; empty for guests). */
knocks: Array<Knock>, } | { "type": "participant_joined",
/** Who. */
participant: Participant, } | { "type": "participant_changed",
/** Who, as they are now. */
participant: Participant, } | { "type": "participant_left",
/** Who. */
participant: string, } | { "type": "slots",
/** Only those that changed. */
slots: Array<Slot>, } | { "type": "speaking",
/** Their ids. */
participants: Array<string>, } | { "type": "knocks",
/** The whole list. */
knocks: Array<Knock>, } | { "type": "room_changed",
/** The room's face. */
room: RoomFace,
/** The meeting's settings. */
settings: MeetingSettings,
/** Whether you may draw now. */
may_draw: boolean,
/** Everyone who may draw now; brings every `Participant.may_draw` up to date. */
drawers: Array<string>, } | { "type": "offer",
/** Counts up; named in the answer. */
version: number,
/** Session description. */
sdp: string, } | { "type": "media",
/** The state now. */
state: MediaConnection, } | { "type": "layers",
/** Encodings of the camera, the smallest first; empty: none. */
camera: Array<Layer>,
/** Whether the screen is watched. */
screen: boolean, } | { "type": "quality",
/** Only the video slots that changed. */
slots: Array<SlotQuality>,
/** Bits a second that your line is estimated to carry; null: not known. */
estimate: number | null, } | { "type": "error",
/** Stable, snake_case. */
code: string,
/** A sentence for people. */
message: string, } | { "type": "pong" } | { "type": "bye",
/** Why. */
reason: ByeReason, };

/** Which of one's publications are switched on. */
export type MediaState = {
/** The microphone is heard. */
microphone: boolean,
/** The camera is seen. */
camera: boolean,
/** The screen is shared. */
screen: boolean, };

/** What there is to see of somebody. */
export type PictureKind = "camera" | "screen";

/** A picture that a client shows now. */
export type Shown = {
/** Whose. */
participant: string,
/** Which of theirs. */
kind: PictureKind,
/** Device pixels. */
width: number,
/** Device pixels. */
height: number,
/** Kept in view by hand: comes before what is not. */
pinned: boolean, };

/** Everything a client may say. */
export type ClientMessage = { "type": "join",
/** [`PROTOCOL_VERSION`]. */
protocol: number,
/** Link part or short name. */
door: string,
/** Display name. */
name: string,
/** Token of an earlier `joined` on this door. */
resume: string | null,
/** What will be sent. */
media: MediaState, } | { "type": "answer",
/** The offer's version. */
version: number,
/** Session description. */
sdp: string, } | { "type": "set_media",
/** The microphone is heard. */
microphone: boolean,
/** The camera is seen. */
camera: boolean,
/** The screen is shared. */
screen: boolean, } | { "type": "view",
/** Most important first; at most 256. */
show: Array<Shown>, } | { "type": "restart_ice" } | { "type": "need_keyframe",
/** The slot. */
mid: string, } | { "type": "ping" } | { "type": "leave" } | { "type": "admit",
/** Who waits. */
participant: string, } | { "type": "refuse",
/** Who waits. */
participant: string, } | { "type": "admit_all" } | { "type": "refuse_all" } | { "type": "remove",
/** Who. */
participant: string, } | { "type": "configure",
/** Who may draw; null leaves it. */
drawing: DrawingRight | null,
/** Whether everybody's cursors are shown on the board; null leaves it. */
cursors: boolean | null,
/** What becomes of the board when everybody has left; null leaves it. */
keeping: Keeping | null, } | { "type": "make_presenter",
/** Who. */
participant: string, } | { "type": "set_drawing",
/** Who. */
participant: string,
/** Whether they may. */
may_draw: boolean, };
