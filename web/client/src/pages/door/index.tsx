// Behind a door: join, wait, meet, say goodbye. This file only walks through these four; each is a page of its own.
import { useCallback, useEffect, useState, type ReactNode } from 'react'
import { askDoor, useAsk, type Door } from '../../api'
import type { Session } from '../../call/session'
import { useWords } from '../../i18n'
import { Rolling, Shell } from '../../ui'
import { EndedPage } from '../ended'
import { BrowserTooOld, missingFeatures, ServerRestarting, UnknownDoor } from '../errors'
import { JoinPage } from '../join'
import { MeetingPage } from '../meeting'
import { WaitingPage } from '../waiting'
import './door.css'
import { useStore } from './use-store'
import { Visit } from './visit'
import { doorWords } from './words'

/** Behind a door. */
export default function DoorPage({ door }: { door: string }): ReactNode {
  const [visit, setVisit] = useState(() => new Visit(door))
  useEffect(() => {
    const release = visit.retain()
    visit.comeBack()
    return release
  }, [visit])
  const question = useCallback((signal?: AbortSignal) => askDoor(door, signal), [door])
  const { answer, fault, again } = useAsk(question, 20_000)
  const session = useStore(visit.session)

  const missing = missingFeatures()
  if (missing.length > 0) return <BrowserTooOld missing={missing} />
  if (session) {
    return <Stay visit={visit} session={session} door={answer} onAgain={() => setVisit(new Visit(door))} />
  }
  if (answer) return <JoinPage visit={visit} door={answer} />
  if (fault?.code === 'door_unknown') return <UnknownDoor door={door} />
  return fault ? <Unreachable onRetry={again} /> : <Opening />
}

interface StayProps {
  visit: Visit
  session: Session
  door: Door | undefined
  onAgain: () => void
}

function Stay({ visit, session, door, onAgain }: StayProps): ReactNode {
  const t = useWords(doorWords)
  const { phase, ending, room, refusal, link } = useStore(session.meeting)
  switch (phase) {
    case 'joining':
      if (door && (refusal || !visit.stays.get(visit.door))) return <JoinPage visit={visit} door={door} />
      if (link.kind === 'lost') return <ServerRestarting onNow={() => session.networkChanged()} />
      return (
        <Shell title={t.backTitle} className="door-note">
          <Rolling>{t.back}</Rolling>
        </Shell>
      )
    case 'waiting':
      return <WaitingPage visit={visit} session={session} />
    case 'inside':
      return <MeetingPage visit={visit} session={session} />
    case 'ended':
      if (ending === 'door_unknown') return <UnknownDoor door={visit.door} />
      return <EndedPage ending={ending ?? 'left'} room={room} onAgain={onAgain} />
  }
}

function Opening(): ReactNode {
  const t = useWords(doorWords)
  return (
    <Shell title={t.openingTitle} className="door-note">
      <Rolling>{t.opening}</Rolling>
    </Shell>
  )
}

function Unreachable({ onRetry }: { onRetry: () => void }): ReactNode {
  useEffect(() => {
    const timer = setInterval(onRetry, 4000)
    return () => clearInterval(timer)
  }, [onRetry])
  return <ServerRestarting onNow={onRetry} />
}
