// Making a room: a name and an emoji are enough.
import { useState, type FormEvent, type ReactNode } from 'react'
import { faultWords, makeRoom, type Room, type RoomColour } from '../../api'
import empty from '../../art/empty.svg?raw'
import { useWords } from '../../i18n'
import { Art, Button, Dialog, Field } from '../../ui'
import { ColourPicker, EmojiPicker, ROOM_COLOURS } from './look-pickers'
import { roomWords } from './words'

interface NewRoom {
  name: string
  emoji: string | null
  colour: RoomColour | null
}

/** What the form knows and does, for the empty page and the dialog alike. */
function useNewRoom(onMade: (room: Room) => void, colour: RoomColour | null) {
  const t = useWords(roomWords).form
  const [room, setRoom] = useState<NewRoom>({ name: '', emoji: '🎳', colour })
  const [error, setError] = useState<string | null>(null)
  const [busy, setBusy] = useState(false)

  const make = async (): Promise<void> => {
    const name = room.name.trim()
    if (name === '') {
      setError(t.missing)
      return
    }
    setBusy(true)
    try {
      const { emoji, colour: wash } = room
      onMade(await makeRoom({ name, ...(emoji && { emoji }), ...(wash && { colour: wash }) }))
    } catch (cause) {
      setError(faultWords(cause))
    } finally {
      setBusy(false)
    }
  }
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (!busy) void make()
  }
  const change = (part: Partial<NewRoom>): void => {
    setRoom((last) => ({ ...last, ...part }))
    setError(null)
  }
  return { room, change, error, busy, submit }
}

function NameField({ of }: { of: ReturnType<typeof useNewRoom> }): ReactNode {
  const t = useWords(roomWords).form
  return (
    <div className="named">
      <EmojiPicker value={of.room.emoji} onChange={(emoji) => of.change({ emoji })} />
      <Field
        label={t.name}
        size="lg"
        value={of.room.name}
        onChange={(event) => of.change({ name: event.target.value })}
        placeholder={t.placeholder}
        autoComplete="off"
        maxLength={64}
        hint={t.hint}
        error={of.error}
      />
    </div>
  )
}

/** The page of somebody who has no room yet. */
export function FirstRoom({ onMade }: { onMade: (room: Room) => void }): ReactNode {
  const t = useWords(roomWords)
  const of = useNewRoom(onMade, null)
  return (
    <div className="none">
      <Art of={empty} />
      <h1 className="sign">{t.first.headline}</h1>
      <p className="soft">{t.first.lead}</p>
      <form onSubmit={of.submit} noValidate>
        <NameField of={of} />
        <Button type="submit" look="primary" size="lg" wide busy={of.busy && t.form.creating}>
          {t.form.create}
        </Button>
      </form>
      <p className="ideas">
        {t.first.ideas.map((idea) => {
          const [emoji = null, ...name] = idea.split(' ')
          return (
            <Button key={idea} size="sm" onClick={() => of.change({ emoji, name: name.join(' ') })}>
              {idea}
            </Button>
          )
        })}
      </p>
    </div>
  )
}

interface NewRoomDialogProps {
  onClose: () => void
  onMade: (room: Room) => void
  /** How many there are: the next wash is dealt in turn. */
  count: number
}

/** One more room. */
export function NewRoomDialog({ onClose, onMade, count }: NewRoomDialogProps): ReactNode {
  const t = useWords(roomWords).form
  const colour = ROOM_COLOURS[count % ROOM_COLOURS.length] ?? 'honey'
  const of = useNewRoom(onMade, colour)
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={t.dialog}
      actions={
        <>
          <Button look="quiet" onClick={onClose}>
            {t.cancel}
          </Button>
          <Button look="primary" type="submit" form="new-room" busy={of.busy && t.creating}>
            {t.create}
          </Button>
        </>
      }
    >
      <form id="new-room" className="stack" onSubmit={of.submit} noValidate>
        <NameField of={of} />
        <ColourPicker value={of.room.colour ?? colour} onChange={(wash) => of.change({ colour: wash })} />
      </form>
    </Dialog>
  )
}
