// One person or one screen. State is never told by colour alone: speaking is ring and bars, muted a slashed icon.
import { KeyRound, MicOff, MonitorUp } from 'lucide-react'
import { useMemo, type CSSProperties, type ReactNode } from 'react'
import type { Rect } from '../../call/layout'
import type { Session } from '../../call/session'
import type { PersonTile, ScreenTile } from '../../call/tiles'
import { useWords } from '../../i18n'
import { Ball, classNames } from '../../ui'
import { Video } from '../join/video'
import { TileTools } from './quality/tile-tools'
import { meetingWords } from './words'

function at({ x, y, width, height }: Rect): CSSProperties {
  return { transform: `translate(${x}px, ${y}px)`, width, height }
}

interface PersonProps {
  session: Session
  person: PersonTile
  rect: Rect
  /** Shown large because somebody here wants it so. */
  pinned: boolean
  /** The picture in this person's slot. */
  stream: MediaStream | null
  /** One's own camera. */
  ownTrack: MediaStreamTrack | null
}

export function Person({ session, person, rect, pinned, stream, ownTrack }: PersonProps): ReactNode {
  const t = useWords(meetingWords)
  const own = useMemo(() => (ownTrack ? new MediaStream([ownTrack]) : null), [ownTrack])
  // The last picture before a pause would look like somebody who does not move.
  const shown = person.mid === null || person.paused || person.unplayable ? null : stream
  const picture = person.own ? own : shown
  const missing = person.arriving ? t.arriving : missingWord(person, t)
  const state = person.away ? t.away : missing
  return (
    <li className={classNames('tile', person.speaking && 'speaking', person.away && 'gone')} style={at(rect)}>
      {picture ? (
        <Video stream={picture} className={person.own ? 'cam mirrored' : 'cam'} />
      ) : (
        <span className="nocam">
          <Ball ball={person.ball} name={person.name} size="big" />
        </span>
      )}
      {state ? <span className="st">{state}</span> : null}
      <span className="name">
        {person.speaking ? (
          <span className="bars" role="img" aria-label={t.speaking}>
            <i />
            <i />
            <i />
          </span>
        ) : null}
        {person.muted ? <MicOff className="i" role="img" aria-label={t.muted} /> : null}
        <span className="who">
          {person.name}
          {person.own ? <span className="dim"> ({t.you})</span> : null}
        </span>
        {person.host ? (
          <span className="crown" title={t.host}>
            <KeyRound className="i" role="img" aria-label={t.host} />
          </span>
        ) : null}
      </span>
      <TileTools session={session} person={person} pinned={pinned} />
    </li>
  )
}

function missingWord(
  { paused, unplayable }: Pick<PersonTile, 'paused' | 'unplayable'>,
  t: { paused: string; unplayable: string },
): string | null {
  if (unplayable) return t.unplayable
  return paused ? t.paused : null
}

interface ScreenProps {
  screen: ScreenTile
  rect: Rect
  stream: MediaStream | null
}

export function Screen({ screen, rect, stream }: ScreenProps): ReactNode {
  const t = useWords(meetingWords)
  const state = screen.mid === null ? t.arriving : missingWord(screen, t)
  return (
    <li className="tile screen" style={at(rect)}>
      <Video stream={stream} className="cam" />
      {state ? <span className="st">{state}</span> : null}
      <span className="name">
        <MonitorUp className="i" aria-hidden />
        <span className="who">{t.screenOf(screen.name)}</span>
      </span>
    </li>
  )
}
