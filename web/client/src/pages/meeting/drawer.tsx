// The list of people at the side, with the door on top.
import {
  KeyRound,
  Mic,
  MicOff,
  MonitorUp,
  PencilLine,
  PencilOff,
  Presentation,
  Users,
  Video,
  X,
} from 'lucide-react'
import type { ReactNode } from 'react'
import type { Session } from '../../call/session'
import type { PersonTile } from '../../call/tiles'
import { useWords } from '../../i18n'
import type { Participant } from '../../signalling/protocol'
import { Ball, Button, Dialog } from '../../ui'
import { useStore } from '../door/use-store'
import { Knocks } from './knocks'
import { PersonMenu } from './person-menu'
import { drawerWords, meetingWords } from './words'

interface DrawerProps {
  session: Session
  people: readonly PersonTile[]
  onRemove: (person: PersonTile) => void
  onClose: () => void
}

export function Drawer({ session, people, onRemove, onClose }: DrawerProps): ReactNode {
  const t = useWords(drawerWords)
  return (
    <aside className="drawer" aria-label={t.people('')}>
      <div className="dhead">
        <h2>
          <Users className="i" aria-hidden />
          {t.people(String(people.length))}
        </h2>
        <Button look="quiet" size="sm" square aria-label={t.close} title={t.close} onClick={onClose}>
          <X className="i" aria-hidden />
        </Button>
      </div>
      <Knocks session={session} className="knocks dock" />
      <PeopleList session={session} people={people} onRemove={onRemove} />
    </aside>
  )
}

interface PeopleListProps {
  session: Session
  people: readonly PersonTile[]
  onRemove: (person: PersonTile) => void
}

export function PeopleList({ session, people, onRemove }: PeopleListProps): ReactNode {
  const t = useWords(drawerWords)
  const m = useWords(meetingWords)
  const { role, participants, settings, you } = useStore(session.meeting)
  const of = (id: string): Participant | undefined => participants.find((p) => p.id === id)
  const presents = you !== null && of(you)?.presenter === true
  const open = settings?.drawing === 'everyone'
  return (
    <ul className="people">
      {people.map((person) => {
        const about = of(person.id)
        const mayChange = (role === 'host' && !(person.host && about?.presenter)) || (presents && !person.own)
        return (
          <li key={person.id}>
            <Ball ball={person.ball} name={person.name} size="sm" />
            <span className="grow who">
              {person.name}
              {person.own ? <span className="muted"> ({m.you})</span> : null}
              {person.away ? <span className="muted small"> {m.away}</span> : null}
            </span>
            {person.host ? <KeyRound className="i host" role="img" aria-label={m.host} /> : null}
            {about?.presenter ? <Presentation className="i host" role="img" aria-label={t.presents} /> : null}
            {/* Only what is not so for everybody. */}
            {about && !open && about.may_draw ? (
              <PencilLine className="i" role="img" aria-label={t.draws} />
            ) : null}
            {about && open && !about.may_draw ? (
              <PencilOff className="i" role="img" aria-label={t.watches} />
            ) : null}
            {about?.screen ? <MonitorUp className="i" role="img" aria-label={t.sharing} /> : null}
            {about?.camera ? <Video className="i" role="img" aria-label={t.cameraOn} /> : null}
            {person.muted ? (
              <MicOff className="i off" role="img" aria-label={t.microphoneOff} />
            ) : (
              <Mic className="i" role="img" aria-label={t.microphoneOn} />
            )}
            {about && mayChange ? (
              <PersonMenu
                session={session}
                tile={person}
                person={about}
                host={role === 'host'}
                onRemove={onRemove}
              />
            ) : null}
          </li>
        )
      })}
    </ul>
  )
}

interface RemoveDialogProps {
  session: Session
  person: PersonTile | null
  onClose: () => void
}

/** Asks before somebody is sent out. */
export function RemoveDialog({ session, person, onClose }: RemoveDialogProps): ReactNode {
  const t = useWords(drawerWords)
  return (
    <Dialog
      open={person !== null}
      onOpenChange={(open) => !open && onClose()}
      title={t.removeTitle(person?.name ?? '')}
      description={t.removeLead}
      actions={
        <>
          <Button look="quiet" onClick={onClose}>
            {t.keep}
          </Button>
          <Button
            look="danger"
            onClick={() => {
              if (person) session.ask({ type: 'remove', participant: person.id })
              onClose()
            }}
          >
            {t.removeNow}
          </Button>
        </>
      }
    />
  )
}
