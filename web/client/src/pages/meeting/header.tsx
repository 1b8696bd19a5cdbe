import { Clock, Columns2, LayoutGrid, Presentation, ShieldCheck } from 'lucide-react'
import { useEffect, useRef, useState, type ReactNode } from 'react'
import { useWords } from '../../i18n'
import type { RoomFace } from '../../signalling/protocol'
import { Badge, Segments } from '../../ui'
import { roomWash } from '../door/room-colour'
import type { View } from './view'
import { meetingWords } from './words'

interface HeaderProps {
  room: RoomFace
  insideSince: number | null
  knocks: number
  view: View
  onView: (view: View) => void
}

export function Header({ room, insideSince, knocks, view, onView }: HeaderProps): ReactNode {
  const t = useWords(meetingWords)
  const headline = useRef<HTMLHeadingElement>(null)
  useEffect(() => headline.current?.focus({ preventScroll: true }), [])
  useEffect(() => {
    document.title = knocks > 0 ? t.knockTitle(String(knocks), room.name) : room.name
  }, [t, knocks, room.name])
  return (
    <header className="mt">
      {room.emoji ? (
        <span className="em" aria-hidden style={roomWash(room.colour)}>
          {room.emoji}
        </span>
      ) : null}
      <h1 tabIndex={-1} ref={headline}>
        {room.name}
      </h1>
      <span className="hide-s" title={t.since}>
        <Elapsed since={insideSince} />
      </span>
      <span className="keep">
        <Badge>
          <ShieldCheck className="i" aria-hidden />
          <span className="hide-s">{t.notRecorded}</span>
          <span className="only-s">{t.notRecordedShort}</span>
        </Badge>
      </span>
      <Segments
        className="wide-only"
        label={t.split}
        value={view}
        onChange={onView}
        options={[
          { value: 'people', label: t.people, icon: <LayoutGrid className="i" aria-hidden /> },
          { value: 'both', label: t.both, icon: <Columns2 className="i" aria-hidden /> },
          { value: 'board', label: t.board, icon: <Presentation className="i" aria-hidden /> },
        ]}
      />
    </header>
  )
}

function Elapsed({ since }: { since: number | null }): ReactNode {
  const t = useWords(meetingWords)
  const now = useNow(15_000)
  const minutes = since === null ? 0 : Math.max(0, Math.floor((now - since) / 60_000))
  const text =
    minutes < 1
      ? t.justNow
      : minutes < 60
        ? t.minutes(String(minutes))
        : t.hours(String(Math.floor(minutes / 60)), String(minutes % 60))
  return (
    <Badge>
      <Clock className="i" aria-hidden />
      {text}
    </Badge>
  )
}

/** The time, every so often. */
export function useNow(everyMs: number): number {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs)
    return () => clearInterval(timer)
  }, [everyMs])
  return now
}
