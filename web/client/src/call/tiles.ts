// Who is seen where: from what the server said about people and slots to tiles. Pure. Tiles follow `slots`, never
// track events, since nothing mutes or ends when a slot changes hands.
import type { Participant } from '../signalling/protocol'
import type { Meeting } from '../signalling/state'

export interface PersonTile {
  readonly id: string
  readonly name: string
  readonly ball: number
  readonly host: boolean
  readonly own: boolean
  readonly muted: boolean
  readonly away: boolean
  readonly speaking: boolean
  /** The slot that carries the camera; null for a ball with initials. One's own picture comes from the device. */
  readonly mid: string | null
  /** A camera is on, but its picture has not come yet. */
  readonly arriving: boolean
  /** Their picture pauses: the line or the server cannot carry it now. */
  readonly paused: boolean
  /** Their picture comes in a codec that this browser does not have. */
  readonly unplayable: boolean
}

export interface ScreenTile {
  readonly id: string
  readonly name: string
  readonly own: boolean
  /** Null until its picture comes; the tile is there before, since only what is shown gets a slot. */
  readonly mid: string | null
  readonly paused: boolean
  readonly unplayable: boolean
}

export interface Tiles {
  readonly people: readonly PersonTile[]
  readonly screens: readonly ScreenTile[]
}

/** One's own state is known at once, before the server repeats it. */
export interface OwnMedia {
  readonly microphone: boolean
  readonly camera: boolean
  readonly screen: boolean
}

export function tiles(
  meeting: Pick<Meeting, 'participants' | 'slots' | 'quality' | 'speaking' | 'you'>,
  own: OwnMedia,
): Tiles {
  const people = meeting.participants.map((p) => person(p, meeting, own))
  const screens = meeting.participants.flatMap((p): ScreenTile[] => {
    const { id, name } = p
    if (id === meeting.you)
      return own.screen ? [{ id, name, own: true, mid: null, ...missing(meeting, null) }] : []
    const mid = slotOf(meeting.slots, id, 'screen')
    return p.screen ? [{ id, name, own: false, mid, ...missing(meeting, mid) }] : []
  })
  // Oneself first, then in order of arrival: nobody jumps about.
  return { people: [...people.filter((p) => p.own), ...people.filter((p) => !p.own)], screens }
}

function person(
  p: Participant,
  meeting: Pick<Meeting, 'slots' | 'quality' | 'speaking' | 'you'>,
  own: OwnMedia,
): PersonTile {
  const isOwn = p.id === meeting.you
  const mid = isOwn || !p.camera ? null : slotOf(meeting.slots, p.id, 'camera')
  return {
    id: p.id,
    name: p.name,
    ball: p.ball,
    host: p.role === 'host',
    own: isOwn,
    muted: isOwn ? !own.microphone : !p.microphone,
    away: p.away,
    speaking: meeting.speaking.includes(p.id) && (isOwn ? own.microphone : p.microphone),
    mid,
    arriving: !isOwn && p.camera && mid === null && !p.away,
    ...missing(meeting, mid),
  }
}

/** Why a slot's picture is not there, if it is not. */
function missing(
  { quality }: Pick<Meeting, 'quality'>,
  mid: string | null,
): Pick<PersonTile, 'paused' | 'unplayable'> {
  const reason = mid === null ? undefined : quality[mid]?.reason
  return { paused: reason === 'paused', unplayable: reason === 'codec' }
}

function slotOf(slots: Meeting['slots'], participant: string, kind: 'camera' | 'screen'): string | null {
  const found = Object.entries(slots).find(
    ([, source]) => source?.participant === participant && source.kind === kind,
  )
  return found?.[0] ?? null
}
