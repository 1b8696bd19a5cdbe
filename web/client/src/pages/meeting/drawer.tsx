// The list of people at the side, with the door on top.
import { KeyRound, Mic, MicOff, MonitorUp, UserMinus, Users, Video, X } from 'lucide-react'
import type { ReactNode } from 'react'
import type { Session } from '../../call/session'
import type { PersonTile } from '../../call/tiles'
import { useWords } from '../../i18n'
import { Ball, Button, Dialog } from '../../ui'
import { useStore } from '../door/use-store'
import { Knocks } from './knocks'
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
  const { role, participants } = useStore(session.meeting)
  const is = (id: string): { camera: boolean; screen: boolean } =>
    participants.find((p) => p.id === id) ?? { camera: false, screen: false }
  return (
    <ul className="people">
      {people.map((person) => (
        <li key={person.id}>
          <Ball ball={person.ball} name={person.name} size="sm" />
          <span className="grow who">
            {person.name}
            {person.own ? <span className="muted"> ({m.you})</span> : null}
            {person.away ? <span className="muted small"> {m.away}</span> : null}
          </span>
          {person.host ? <KeyRound className="i host" role="img" aria-label={m.host} /> : null}
          {is(person.id).screen ? <MonitorUp className="i" role="img" aria-label={t.sharing} /> : null}
          {is(person.id).camera ? <Video className="i" role="img" aria-label={t.cameraOn} /> : null}
          {person.muted ? (
            <MicOff className="i off" role="img" aria-label={t.microphoneOff} />
          ) : (
            <Mic className="i" role="img" aria-label={t.microphoneOn} />
          )}
          {role === 'host' && !person.own && !person.host ? (
            <Button
              look="quiet"
              size="sm"
              square
              aria-label={t.remove(person.name)}
              title={t.remove(person.name)}
              onClick={() => onRemove(person)}
            >
              <UserMinus className="i" aria-hidden />
            </Button>
          ) : null}
        </li>
      ))}
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
