// Made from web/src/api/types.rs by web/tests/client_types.rs. Do not edit.

/** What every error looks like, whatever its status. */
export type ErrorBody = {
/** Stable, snake_case. */
code: string,
/** A sentence for people. */
message: string, };

/** This server, as anybody may see it. */
export type Server = {
/** The running version. */
version: string,
/** Whether anybody may make an account. */
sign_up: boolean,
/** Whether the first account is still to be made. */
setup: boolean,
/** Who runs it. */
operator: Operator, };

/** Who runs this server. */
export type Operator = {
/** Name of the club. */
name: string | null,
/** Link to the imprint. */
imprint_url: string | null,
/** Link to the privacy statement. */
privacy_url: string | null,
/** Link to the source of the running version. */
source_url: string | null, };

/** Whether this browser is logged in. */
export type Session = {
/** Null when not logged in. */
account: Account | null, };

/** An account, as its owner sees it. */
export type Account = {
/** Login name as typed. */
login: string, };

/** A login name and a password. */
export type Credentials = {
/** 2–32 characters of `a-zA-Z0-9._-`. */
login: string,
/** 10–256 characters. */
password: string, };

/** What makes the first account. */
export type SetUp = {
/** What stands behind `#` in the set-up link. */
token: string,
/** 2–32 characters of `a-zA-Z0-9._-`. */
login: string,
/** 10–256 characters. */
password: string, };

/** The eight washes of the design. */
export type RoomColour = "honey" | "pine" | "fluff" | "brick" | "sky" | "plum" | "moss" | "chalk";

/** Who may come in by the link. */
export type LobbyPolicy = "open" | "knock" | "closed";

/** Who may draw. */
export type DrawingRight = "everyone" | "chosen" | "presenter" | "hosts";

/** What becomes of the board when everybody has left. */
export type Keeping = { "policy": "wipe" } | { "policy": "days",
/** 1 to 365. */
days: number, } | { "policy": "keep" };

/** A room, as its owner sees it. */
export type Room = {
/** For API calls; opens no door. */
id: string,
/** Its name: text, never markup. */
name: string,
/** One of the eight washes. */
colour: RoomColour,
/** One emoji. */
emoji: string | null,
/** The secret part of the link. */
link: string,
/** The whole link. */
url: string,
/** What can be typed on the start page, if anything. */
short_name: string | null,
/** Who may come in by the link. */
lobby: LobbyPolicy,
/** Who may draw. */
drawing: DrawingRight,
/** Whether everybody's cursors are shown on the board, or only those of presenter and hosts. */
cursors: boolean,
/** What becomes of the board when everybody has left. */
keeping: Keeping,
/** How many are inside right now. */
present: number,
/** How many wait right now. */
waiting: number, };

/** A room to be made. */
export type NewRoom = {
/** 1–64 characters. */
name: string,
/** One of the eight washes; one is dealt when left out. */
colour?: RoomColour,
/** One emoji. */
emoji?: string, };

/** What is to be changed; what is left out stays. */
export type RoomChanges = {
/** 1–64 characters. */
name?: string,
/** One of the eight washes. */
colour?: RoomColour,
/** One emoji; null takes it away. */
emoji?: string | null,
/** 3–20 characters of `a-z0-9-`; null takes it away. */
short_name?: string | null,
/** Who may come in by the link. */
lobby?: LobbyPolicy,
/** Who may draw. */
drawing?: DrawingRight,
/** Whether everybody's cursors are shown on the board. */
cursors?: boolean,
/** What becomes of the board when everybody has left. */
keeping?: Keeping, };

/** What a token lets its holder do. */
export type StreamRight = "publish" | "watch";

/** A stream token, as the room's owner sees it: everything but the token itself. */
export type Token = {
/** For API calls; opens nothing. */
id: string,
/** What it lets do. */
right: StreamRight,
/** The name that people in the room see: text, never markup. */
name: string,
/** Where its holder posts an offer to. */
url: string,
/** Unix seconds from which it begins nothing any more; null when it has no end. */
expires: number | null,
/** Whether that moment is past. */
expired: boolean, };

/** A token that was just made. */
export type MadeToken = {
/** What can be listed of it later. */
details: Token,
/** The token: told here and never again. */
token: string, };

/** A token to be made. */
export type NewToken = {
/** What it is to let do. */
right: StreamRight,
/** 1–64 characters: the name that people in the room see. */
name: string,
/** Seconds until it begins nothing any more; without an end when left out. */
expires_in?: number, };

/** What somebody learns before a door. */
export type Door = {
/** The room's name: text, never markup. */
name: string,
/** One of the eight washes. */
colour: RoomColour,
/** One emoji. */
emoji: string | null,
/** Whether you will have to be let in. */
you_knock: boolean,
/** Whether you are a host here. */
host: boolean,
/** Whether somebody is in. */
open: boolean, };

/** A file that was put on a board. */
export type UploadedFile = {
/** Its `fileId` in the document, and the last part of its URL. */
id: string,
/** Its media type. */
type: string,
/** Its length as it is kept. */
bytes: number, };

/** Why a point to go back to was made. */
export type VersionReason = "hourly" | "before_clearing" | "before_restoring" | "by_hand";

/** A point to go back to. */
export type Version = {
/** The last part of its URL. */
id: string,
/** Unix seconds. */
made_at: number,
/** Why. */
reason: VersionReason,
/** Length of its content. */
bytes: number, };

/** A point to be made now. */
export type NewVersion = {
/** Why. */
reason: VersionReason, };

/** The server's use and load: sums over everything, in coarse steps, at least half an hour late. */
export type Load = {
/** 0–9: free ninths of the machine. */
standing_pins: number,
/** The same in a word. */
verdict: LoadVerdict,
/** Half-hours of the last 24 hours, oldest first; those in which the server did not run are missing. */
samples: Array<LoadSample>,
/** The last 30 days (UTC), oldest first. */
days: Array<LoadDay>, };

/** Nothing to do, plenty of room, well attended, nearly full, full. */
export type LoadVerdict = "all" | "calm" | "busy" | "tight" | "full";

/** A range, both ends included. */
export type LoadRange = {
/** Smallest. */
from: number,
/** Largest. */
to: number, };

/** One half-hour. With fewer than ten people all that is null which could tell how few: say "a few". */
export type LoadSample = {
/** Its start, unix seconds. */
start: number,
/** Most rooms at once. */
rooms: LoadRange | null,
/** Most people at once. */
people: LoadRange | null,
/** Mean of both directions together, in steps of 10. */
traffic_mbps: number | null,
/** Mean over all cores, in steps of 5. */
cpu_percent: number | null,
/** Most memory, in steps of 10. */
memory_percent: number, };

/** One day. */
export type LoadDay = {
/** Its midnight (UTC), unix seconds. */
start: number,
/** 0–9: ninths of the machine in use in the day's fullest hour; null when the server did not run. */
fallen_pins: number | null, };
