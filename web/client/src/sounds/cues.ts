// Which message makes which sound. Pure.
import type { ServerMessage } from '../signalling/protocol'
import type { Meeting } from '../signalling/state'
import { QUIET_ABOVE, type Sound } from './sounds'

/** The sound of a message, given the meeting as it was before it. */
export function cue(
  message: ServerMessage,
  before: Pick<Meeting, 'phase' | 'participants' | 'knocks'>,
): Sound | null {
  const few = before.participants.length <= QUIET_ABOVE
  switch (message.type) {
    case 'participant_joined': {
      const known = before.participants.some((p) => p.id === message.participant.id)
      return few && !known ? 'join' : null
    }
    case 'participant_left':
      return few && before.participants.some((p) => p.id === message.participant) ? 'leave' : null
    case 'knocks': {
      const known = new Set(before.knocks.map((knock) => knock.participant))
      return message.knocks.some((knock) => !known.has(knock.participant)) ? 'knock' : null
    }
    case 'welcome':
      if (before.phase === 'waiting') return 'let_in'
      return before.phase === 'joining' && message.knocks.length > 0 ? 'knock' : null
    case 'joined':
    case 'waiting':
    case 'participant_changed':
    case 'slots':
    case 'speaking':
    case 'room_changed':
    case 'offer':
    case 'layers':
    case 'quality':
    case 'media':
    case 'error':
    case 'pong':
    case 'bye':
      return null
  }
}
