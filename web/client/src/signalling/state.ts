// What a participant knows of their meeting, and how each message changes it. Pure: no socket, no clock, no React.
// Invariants: before `welcome` nothing of the room is known but its face; `participants` keeps the order of arrival;
// after `ended` nothing changes any more; an event that changes nothing returns the same object.
import type {
  BoardTicket,
  ByeReason,
  Knock,
  MeetingSettings,
  Participant,
  Role,
  RoomFace,
  ServerMessage,
  Slot,
  SlotQuality,
  Source,
} from './protocol'

/** Where one is: at the door, on the bench, in the room, or gone. */
export type Phase = 'joining' | 'waiting' | 'inside' | 'ended'

/** How it came to an end: the server's reason, or a problem that asking again cannot cure. */
export type Ending = Exclude<ByeReason, 'restarting'> | 'door_unknown' | 'outdated'

/** The signalling socket, as people need to know it. `since` is when it was lost. */
export type Link =
  | { readonly kind: 'opening' }
  | { readonly kind: 'open' }
  | { readonly kind: 'lost'; readonly since: number }
  | { readonly kind: 'restarting'; readonly since: number }

/** Somebody at the door; `since` is when they knocked, on our own clock. */
export interface KnockSeen {
  readonly participant: string
  readonly name: string
  readonly since: number
}

/** Something the server refused, to be said in our own words. */
export interface Refusal {
  readonly code: string
  readonly message: string
  readonly at: number
}

export interface Meeting {
  readonly phase: Phase
  readonly link: Link
  readonly you: string | null
  readonly role: Role | null
  readonly room: RoomFace | null
  readonly ahead: number
  readonly participants: readonly Participant[]
  readonly slots: Readonly<Record<string, Source | null>>
  /** By `mid`: which layer a video slot carries and why not more. */
  readonly quality: Readonly<Record<string, Pick<SlotQuality, 'layer' | 'reason'>>>
  /** Bits a second that the server believes our line can take; null until it knows. */
  readonly estimate: number | null
  readonly settings: MeetingSettings | null
  readonly board: BoardTicket | null
  readonly mayDraw: boolean
  readonly knocks: readonly KnockSeen[]
  /** The loudest first. */
  readonly speaking: readonly string[]
  /** What the server knows of our media; null until it said so. */
  readonly media: 'connected' | 'lost' | null
  readonly insideSince: number | null
  readonly refusal: Refusal | null
  /** Set when one came back after a lost link: how long one was away. */
  readonly returned: { readonly awayMs: number; readonly at: number } | null
  readonly ending: Ending | null
}

export type MeetingEvent =
  | { readonly type: 'server'; readonly message: ServerMessage; readonly now: number }
  | { readonly type: 'socket_lost'; readonly now: number }
  | { readonly type: 'ended'; readonly ending: Ending }
  | { readonly type: 'refusal_seen' }
  | { readonly type: 'return_seen' }

export const newMeeting: Meeting = {
  phase: 'joining',
  link: { kind: 'opening' },
  you: null,
  role: null,
  room: null,
  ahead: 0,
  participants: [],
  slots: {},
  quality: {},
  estimate: null,
  settings: null,
  board: null,
  mayDraw: false,
  knocks: [],
  speaking: [],
  media: null,
  insideSince: null,
  refusal: null,
  returned: null,
  ending: null,
}

/** The next state. */
export function reduce(meeting: Meeting, event: MeetingEvent): Meeting {
  if (meeting.phase === 'ended') return meeting
  switch (event.type) {
    case 'server':
      return said(meeting, event.message, event.now)
    case 'socket_lost':
      return lost(meeting, event.now)
    case 'ended':
      return end(meeting, event.ending)
    case 'refusal_seen':
      return meeting.refusal ? { ...meeting, refusal: null } : meeting
    case 'return_seen':
      return meeting.returned ? { ...meeting, returned: null } : meeting
  }
}

function said(meeting: Meeting, message: ServerMessage, now: number): Meeting {
  switch (message.type) {
    case 'joined':
      return joined(meeting, message, now)
    case 'waiting':
      return waiting(meeting, message.ahead)
    case 'welcome':
      return {
        ...meeting,
        phase: 'inside',
        participants: message.participants,
        slots: merged({}, message.slots),
        quality: {},
        estimate: null,
        settings: message.settings,
        board: message.board,
        mayDraw: message.may_draw,
        knocks: seen(message.knocks, [], now),
        insideSince: meeting.insideSince ?? now,
      }
    case 'participant_joined':
    case 'participant_changed':
      return { ...meeting, participants: upserted(meeting.participants, message.participant) }
    case 'participant_left':
      return {
        ...meeting,
        participants: meeting.participants.filter((p) => p.id !== message.participant),
        speaking: meeting.speaking.filter((id) => id !== message.participant),
      }
    case 'slots':
      return {
        ...meeting,
        slots: merged(meeting.slots, message.slots),
        quality: without(
          meeting.quality,
          message.slots.map(({ mid }) => mid),
        ),
      }
    case 'quality':
      return {
        ...meeting,
        quality: { ...meeting.quality, ...qualities(message.slots) },
        estimate: message.estimate,
      }
    case 'speaking':
      return { ...meeting, speaking: message.participants }
    case 'knocks':
      return { ...meeting, knocks: seen(message.knocks, meeting.knocks, now) }
    case 'room_changed':
      return {
        ...meeting,
        room: message.room,
        settings: message.settings,
        mayDraw: message.may_draw,
        participants: drawing(meeting.participants, new Set(message.drawers)),
      }
    case 'media':
      return meeting.media === message.state ? meeting : { ...meeting, media: message.state }
    case 'error':
      return { ...meeting, refusal: { code: message.code, message: message.message, at: now } }
    case 'bye':
      return message.reason === 'restarting'
        ? { ...meeting, link: { kind: 'restarting', since: now } }
        : end(meeting, message.reason)
    case 'offer':
    case 'layers':
    case 'pong':
      return meeting
  }
}

function joined(meeting: Meeting, message: Extract<ServerMessage, { type: 'joined' }>, now: number): Meeting {
  const { link } = meeting
  const awayMs = link.kind === 'lost' || link.kind === 'restarting' ? now - link.since : 0
  return {
    ...meeting,
    link: { kind: 'open' },
    you: message.you,
    role: message.role,
    room: message.room,
    media: null,
    refusal: null,
    // Under a second nobody noticed: no notice then.
    returned: meeting.phase === 'inside' && awayMs >= 1000 ? { awayMs, at: now } : meeting.returned,
  }
}

/** On the bench one knows nobody, also after one was inside: a server that restarted lets everybody knock again. */
function waiting(meeting: Meeting, ahead: number): Meeting {
  if (meeting.phase === 'waiting') return { ...meeting, ahead }
  const { link, you, role, room, media } = meeting
  return { ...newMeeting, phase: 'waiting', link, you, role, room, media, ahead }
}

function lost(meeting: Meeting, now: number): Meeting {
  switch (meeting.link.kind) {
    case 'lost':
    case 'restarting':
      return meeting
    case 'opening':
    case 'open':
      return { ...meeting, link: { kind: 'lost', since: now }, speaking: [] }
  }
}

function end(meeting: Meeting, ending: Ending): Meeting {
  return { ...newMeeting, phase: 'ended', room: meeting.room, role: meeting.role, ending }
}

/** Who may draw from now on. */
function drawing(list: readonly Participant[], drawers: ReadonlySet<string>): readonly Participant[] {
  return list.map((one) =>
    one.may_draw === drawers.has(one.id) ? one : { ...one, may_draw: drawers.has(one.id) },
  )
}

function upserted(list: readonly Participant[], one: Participant): readonly Participant[] {
  return list.some((p) => p.id === one.id) ? list.map((p) => (p.id === one.id ? one : p)) : [...list, one]
}

function merged(slots: Meeting['slots'], changed: readonly Slot[]): Meeting['slots'] {
  const next = { ...slots }
  for (const slot of changed) next[slot.mid] = slot.source
  return next
}

function qualities(slots: readonly SlotQuality[]): Meeting['quality'] {
  return Object.fromEntries(slots.map(({ mid, layer, reason }) => [mid, { layer, reason }]))
}

/** What was said of a slot's last publication says nothing of the next one. */
function without(quality: Meeting['quality'], mids: readonly string[]): Meeting['quality'] {
  if (!mids.some((mid) => mid in quality)) return quality
  return Object.fromEntries(Object.entries(quality).filter(([mid]) => !mids.includes(mid)))
}

/** Keeps the moment of knocking steady although the server counts in whole seconds. */
function seen(knocks: readonly Knock[], before: readonly KnockSeen[], now: number): readonly KnockSeen[] {
  return knocks.map(({ participant, name, waiting_seconds }) => {
    const known = before.find((knock) => knock.participant === participant)
    return { participant, name, since: known?.since ?? now - waiting_seconds * 1000 }
  })
}
