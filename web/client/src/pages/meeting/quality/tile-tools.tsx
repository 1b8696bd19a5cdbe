// What one can do with a tile: show the person large, and see how well they come through.
import { Pin, PinOff } from 'lucide-react'
import { useCallback, useSyncExternalStore, type ReactNode } from 'react'
import { ownQuality, personQuality, type Level } from '../../../call/person-quality'
import type { Session } from '../../../call/session'
import type { PersonTile } from '../../../call/tiles'
import { useWords } from '../../../i18n'
import { classNames } from '../../../ui'
import { QualityButton } from './card'
import './quality.css'
import { qualityWords } from './words'

interface TileToolsProps {
  session: Session
  person: PersonTile
  pinned: boolean
}

export function TileTools({ session, person, pinned }: TileToolsProps): ReactNode {
  const t = useWords(qualityWords)
  const level = useLevel(session, person)
  const label = pinned ? t.unpin(person.name) : t.pin(person.name)
  const Icon = pinned ? PinOff : Pin
  return (
    // Quiet until somebody points here, unless there is something to know.
    <span className={classNames('tools', level !== null && level <= 2 && 'wobbles', pinned && 'pinned')}>
      <QualityButton session={session} person={person} level={level} />
      <button
        type="button"
        className="tool pin"
        aria-label={label}
        title={label}
        aria-pressed={pinned}
        onClick={(event) => {
          session.pin(person.id)
          // After a press with the mouse the Space key should speak again.
          if (event.detail > 0) event.currentTarget.blur()
        }}
      >
        <Icon className="i" aria-hidden />
      </button>
    </span>
  )
}

/** Only the number of bars: tiles are drawn again when it changes, not with every figure. */
function useLevel(session: Session, { id, own }: PersonTile): Level | null {
  const subscribe = useCallback(
    (changed: () => void) => {
      const stops = [session.lines.subscribe(changed), session.meeting.subscribe(changed)]
      return () => stops.forEach((stop) => stop())
    },
    [session],
  )
  return useSyncExternalStore(subscribe, () => {
    const meeting = session.meeting.get()
    const lines = session.lines.get()
    return own ? ownQuality(meeting, lines).level : personQuality(id, meeting, lines).level
  })
}
