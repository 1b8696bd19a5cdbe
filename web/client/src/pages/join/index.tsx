// The page before the door: a name, a look at oneself, and one big button.
import { DoorOpen, Headphones, Lock, VideoOff } from 'lucide-react'
import { useEffect, useRef, useState, type FormEvent, type ReactNode } from 'react'
import type { Door } from '../../api'
import { Store } from '../../call/store'
import { useWords } from '../../i18n'
import { newMeeting } from '../../signalling/state'
import { Button, Field, Notice, Shell } from '../../ui'
import { roomWash } from '../door/room-colour'
import { useStore } from '../door/use-store'
import type { Visit } from '../door/visit'
import './join.css'
import { Preview } from './preview'
import { joinWords } from './words'

export function JoinPage({ visit, door }: { visit: Visit; door: Door }): ReactNode {
  const t = useWords(joinWords)
  const [name, setName] = useState(visit.name)
  const opened = useRef(false)
  useEffect(() => {
    if (opened.current || visit.session.get()) return
    opened.current = true
    void visit.local.open({ microphone: true, camera: true })
  }, [visit])
  return (
    <Shell title={door.name} className="join" skip={['name', t.skip]}>
      <Preview visit={visit} name={name} />
      <div className="side">
        <div className="room">
          {door.emoji ? (
            <span className="emoji" aria-hidden style={roomWash(door.colour)}>
              {door.emoji}
            </span>
          ) : null}
          <div>
            <h1>{door.name}</h1>
            <p>{t[stateOf(door)]}</p>
          </div>
        </div>
        <JoinForm visit={visit} door={door} name={name} onName={setName} />
      </div>
    </Shell>
  )
}

function stateOf(door: Door): 'hostHere' | 'hostHereOpen' | 'somebodyIn' | 'nobodyIn' {
  if (door.host) return door.open ? 'hostHereOpen' : 'hostHere'
  return door.open ? 'somebodyIn' : 'nobodyIn'
}

interface JoinFormProps {
  visit: Visit
  door: Door
  name: string
  onName: (name: string) => void
}

function JoinForm({ visit, door, name, onName }: JoinFormProps): ReactNode {
  const t = useWords(joinWords)
  const { microphone, camera } = useStore(visit.local.state)
  const { busy, lost, fault, fail } = useJoining(visit)
  const input = useRef<HTMLInputElement>(null)
  useEffect(() => {
    // On a phone the keyboard would cover the picture.
    if (input.current?.value === '' && matchMedia('(pointer: fine)').matches) input.current.focus()
  }, [])
  const listening = !microphone.track && !camera.track && !microphone.asking && !camera.asking
  const main = door.you_knock
    ? listening
      ? t.knockListening
      : t.knock
    : listening
      ? t.enterListening
      : t.enter

  const go = (prepare?: () => void): void => {
    if (busy) return
    if (name.trim() === '') {
      fail('missing')
      input.current?.focus()
      return
    }
    prepare?.()
    visit.join(name.trim())
  }
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    go()
  }
  return (
    <form onSubmit={submit} noValidate>
      <Field
        ref={input}
        id="name"
        name="name"
        size="lg"
        label={t.name}
        hint={t.nameHint}
        value={name}
        maxLength={64}
        autoComplete="nickname"
        error={fault && { missing: t.nameMissing, invalid: t.nameInvalid, refused: t.refused }[fault]}
        onChange={(event) => {
          onName(event.target.value)
          fail(null)
        }}
      />
      <div className="ways">
        <Button
          look="primary"
          size="lg"
          wide
          type="submit"
          busy={busy && (door.you_knock ? t.knocking : t.entering)}
        >
          {listening ? <Headphones className="i" aria-hidden /> : null}
          {main}
          {listening ? null : <DoorOpen className="i" aria-hidden />}
        </Button>
        {listening ? null : (
          <div className="two">
            <Button onClick={() => go(() => visit.local.drop('camera'))}>
              <VideoOff className="i" aria-hidden />
              {t.withoutCamera}
            </Button>
            <Button
              onClick={() =>
                go(() => {
                  visit.local.drop('camera')
                  visit.local.drop('microphone')
                })
              }
            >
              <Headphones className="i" aria-hidden />
              {t.listenOnly}
            </Button>
          </div>
        )}
      </div>
      <div role="status">{lost ? <Notice look="warn">{t.unreachable}</Notice> : null}</div>
      <p className="fine">
        <Lock className="i" aria-hidden />
        {door.you_knock ? t.knockNote : t.enterNote}
      </p>
    </form>
  )
}

type Fault = 'missing' | 'invalid' | 'refused'

interface Joining {
  busy: boolean
  /** The server does not answer. */
  lost: boolean
  fault: Fault | null
  fail: (fault: Fault | null) => void
}

/** What became of the last press: nothing yet, on its way, or a sentence at the field. */
function useJoining(visit: Visit): Joining {
  const session = useStore(visit.session)
  const [own, setOwn] = useState<Fault | null>(null)
  const { refusal, link } = useStore(session?.meeting ?? NOBODY)
  const theirs = refusal === null ? null : refusal.code === 'name_invalid' ? 'invalid' : 'refused'
  return {
    busy: session !== null && theirs === null,
    lost: session !== null && link.kind === 'lost',
    fault: own ?? theirs,
    fail: (fault) => {
      setOwn(fault)
      if (fault === null) session?.refusalSeen()
    },
  }
}

const NOBODY = new Store(newMeeting)
