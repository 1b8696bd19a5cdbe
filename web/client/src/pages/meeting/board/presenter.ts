// Who presents: at most one person in the room.
import type { Meeting } from '../../../signalling/state'
import type { Participant } from '../../../signalling/protocol'

export function presenterOf({ participants }: Pick<Meeting, 'participants'>): Participant | null {
  return participants.find(({ presenter }) => presenter) ?? null
}
