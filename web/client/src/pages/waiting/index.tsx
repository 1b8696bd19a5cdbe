// The bench before the room: calm, with music. Nothing of the room is shown but its face.
import { LogOut } from 'lucide-react'
import { useEffect, useRef, type ReactNode } from 'react'
import bench from '../../art/bench.svg?raw'
import type { Session } from '../../call/session'
import { useWords } from '../../i18n'
import { Art, Ball, Button, Notice, Shell } from '../../ui'
import { roomWash } from '../door/room-colour'
import { useStore } from '../door/use-store'
import type { Visit } from '../door/visit'
import { MicrophoneCard } from './microphone'
import { Song } from './song'
import './waiting.css'
import { waitingWords } from './words'

interface WaitingProps {
  visit: Visit
  session: Session
}

export function WaitingPage({ visit, session }: WaitingProps): ReactNode {
  const t = useWords(waitingWords)
  const { room, ahead } = useStore(session.meeting)
  const headline = useRef<HTMLHeadingElement>(null)
  useEffect(() => headline.current?.focus(), [])
  const { name } = visit
  const lead = ahead === 0 ? t.next : ahead === 1 ? t.oneAhead : t.moreAhead(String(ahead))
  return (
    <Shell
      title={t.title}
      className="wait"
      before={
        <Button look="quiet" className="leave" onClick={() => session.leave()}>
          <LogOut className="i" aria-hidden />
          {t.leave}
        </Button>
      }
    >
      <div className="head">
        <div>
          {room ? (
            <p className="where" style={roomWash(room.colour)}>
              {room.emoji ? <span aria-hidden>{room.emoji}</span> : null}
              <span>{room.name}</span>
            </p>
          ) : null}
          <h1 tabIndex={-1} ref={headline}>
            <Headline name={name} />
          </h1>
          <p className="lead" role="status">
            {lead}
          </p>
          <Rail name={name} ahead={ahead} />
        </div>
        <Art of={bench} label={t.scene} className="bench" />
      </div>
      <Connection session={session} />
      <div className="cards">
        <Song visit={visit} session={session} />
        <MicrophoneCard visit={visit} />
      </div>
      <p className="fine muted small">{t.unseen}</p>
    </Shell>
  )
}

/** The sign lettering is for our own words; a name stands in text type beside it. */
function Headline({ name }: { name: string }): ReactNode {
  const t = useWords(waitingWords)
  const [before = '', after = ''] = t.headline('\u0000').split('\u0000')
  return (
    <>
      <span className="sign">{before}</span>
      <span className="typed">{name}</span>
      <span className="sign">{after}</span>
    </>
  )
}

const SHOWN = 6

function Rail({ name, ahead }: { name: string; ahead: number }): ReactNode {
  const t = useWords(waitingWords)
  const place = String(ahead + 1)
  return (
    <div className="rail">
      <span className="track" role="img" aria-label={t.rail(place)}>
        {Array.from({ length: Math.min(ahead, SHOWN) }, (_, index) => (
          <span key={index} className="ball other" />
        ))}
        <span className="me">
          <Ball ball={7} name={name} />
        </span>
      </span>
      <span className="small muted">{t.ahead[ahead] ?? t.aheadMany(place)}</span>
    </div>
  )
}

function Connection({ session }: { session: Session }): ReactNode {
  const t = useWords(waitingWords)
  const { link } = useStore(session.meeting)
  const { path } = useStore(session.path)
  const sentence =
    link.kind === 'restarting'
      ? t.restarting
      : link.kind === 'lost'
        ? t.lost
        : path === 'blocked'
          ? t.blocked
          : null
  return (
    <div role="status" className="connection">
      {sentence ? <Notice look={path === 'blocked' ? 'bad' : 'warn'}>{sentence}</Notice> : null}
    </div>
  )
}
