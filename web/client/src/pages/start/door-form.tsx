import { ArrowRight } from 'lucide-react'
import { useRef, useState, type FormEvent, type ReactNode } from 'react'
import { ApiError, askDoor, faultWords } from '../../api'
import { useWords } from '../../i18n'
import { Button, Field } from '../../ui'
import { readDoor } from './doors'
import { startWords } from './words'

interface DoorFormProps {
  label: string
  /** What stands in the field at first, for instance the door that led nowhere. */
  initial?: string
  hint?: ReactNode
}

/** Takes a link or a short name, asks whether there is such a door, and goes there or says what is wrong in place. */
export function DoorForm({ label, initial = '', hint }: DoorFormProps): ReactNode {
  const t = useWords(startWords)
  const [typed, setTyped] = useState(initial)
  const [error, setError] = useState<string | null>(null)
  const [busy, setBusy] = useState(false)
  const input = useRef<HTMLInputElement>(null)

  const refuse = (sentence: string): void => {
    setError(sentence)
    input.current?.focus()
  }
  const enter = async (): Promise<void> => {
    const door = readDoor(typed, location.host)
    if (door.kind === 'empty') return refuse(t.empty)
    if (door.kind === 'nothing') return refuse(t.nothing)
    if (door.kind === 'elsewhere') return refuse(t.elsewhere(door.host))
    setBusy(true)
    try {
      await askDoor(door.door)
      // A new document: pages with a board come with a content security policy of their own.
      location.assign(door.path)
    } catch (cause) {
      refuse(cause instanceof ApiError && cause.code === 'door_unknown' ? t.nothing : faultWords(cause))
      setBusy(false)
    }
  }
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (!busy) void enter()
  }
  return (
    <form className="enter" onSubmit={submit} noValidate>
      <Field
        ref={input}
        id="room"
        label={label}
        size="lg"
        value={typed}
        onChange={(event) => {
          setTyped(event.target.value)
          setError(null)
        }}
        placeholder={t.placeholder}
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
        enterKeyHint="go"
        hint={hint}
        error={error}
        beside={
          <Button type="submit" look="primary" size="lg" busy={busy && t.looking}>
            {t.goIn}
            <ArrowRight className="i" aria-hidden />
          </Button>
        }
      />
    </form>
  )
}
