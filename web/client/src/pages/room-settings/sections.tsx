import { DoorClosed, DoorOpen, Hand } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import type { LobbyPolicy, Room } from '../../api'
import { useWords } from '../../i18n'
import { Field, RadioCards, Switch } from '../../ui'
import { DrawingChoice, KeepingChoice, ruleWords } from '../board-rules'
import { ColourPicker, EmojiPicker } from '../rooms/look-pickers'
import type { RoomEditor } from './use-room-editor'
import { settingsWords } from './words'

/** What every section gets. */
export interface SectionProps {
  editor: RoomEditor
  room: Room
}

/** A part of the page that the list at its side leads to. */
export function Section({
  id,
  title,
  children,
}: {
  id: string
  title: string
  children: ReactNode
}): ReactNode {
  return (
    <section className="sec" id={id} aria-labelledby={`${id}-title`}>
      <h2 id={`${id}-title`}>{title}</h2>
      {children}
    </section>
  )
}

export function LookSection({ editor, room }: SectionProps): ReactNode {
  const t = useWords(settingsWords).look
  const [typed, setTyped] = useState<string | null>(null)
  const save = (): void => {
    const name = typed?.trim()
    if (name === undefined || name === '') return
    setTyped(null)
    if (name !== room.name) editor.change({ name })
  }
  return (
    <Section id="look" title={t.title}>
      <div className="named-by">
        <div className="field">
          <span className="label" aria-hidden>
            {t.emoji}
          </span>
          <EmojiPicker value={room.emoji} onChange={(emoji) => editor.change({ emoji })} />
        </div>
        <Field
          label={t.name}
          size="lg"
          value={typed ?? room.name}
          maxLength={64}
          autoComplete="off"
          onChange={(event) => setTyped(event.target.value)}
          onBlur={save}
          onKeyDown={(event) => event.key === 'Enter' && save()}
          error={typed?.trim() === '' ? t.missing : null}
        />
      </div>
      <ColourPicker value={room.colour} onChange={(colour) => editor.change({ colour })} />
    </Section>
  )
}

export function EnterSection({ editor, room }: SectionProps): ReactNode {
  const t = useWords(settingsWords).enter
  const icons = { open: DoorOpen, knock: Hand, closed: DoorClosed }
  const options = (['open', 'knock', 'closed'] satisfies LobbyPolicy[]).map((value) => {
    const Icon = icons[value]
    const [label = '', hint = ''] = t[value]
    return { value, label, hint, icon: <Icon className="i" aria-hidden /> }
  })
  return (
    <Section id="enter" title={t.title}>
      <RadioCards
        legend={t.who}
        hideLegend
        value={room.lobby}
        options={options}
        onChange={(lobby) => editor.change({ lobby })}
      />
    </Section>
  )
}

export function BoardSection({ editor, room }: SectionProps): ReactNode {
  const t = useWords(settingsWords).board
  const r = useWords(ruleWords)
  return (
    <Section id="board" title={t.title}>
      <DrawingChoice value={room.drawing} onChange={(drawing) => editor.change({ drawing })} />
      <Switch
        label={r.cursors}
        hint={r.cursorsHint}
        checked={room.cursors}
        onChange={(cursors) => editor.change({ cursors })}
      />
      <KeepingChoice value={room.keeping} onChange={(keeping) => editor.change({ keeping })} />
    </Section>
  )
}
