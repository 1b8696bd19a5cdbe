// How a room looks: one of eight washes and an emoji.
import { Check } from 'lucide-react'
import { Popover } from 'radix-ui'
import { useId, useState, type CSSProperties, type ReactNode } from 'react'
import type { RoomColour } from '../../api'
import { useWords } from '../../i18n'
import { Button } from '../../ui'
import { roomWords } from './words'

/** In the order of the design. */
export const ROOM_COLOURS = ['honey', 'pine', 'fluff', 'brick', 'sky', 'plum', 'moss', 'chalk'] as const

/** The style that gives an element a room's wash as `--wash`. */
export const washOf = (colour: RoomColour): CSSProperties =>
  ({ '--wash': `var(--room-${colour})` }) as CSSProperties

/** Eight balls of colour. */
export function ColourPicker(props: {
  value: RoomColour
  onChange: (colour: RoomColour) => void
}): ReactNode {
  const t = useWords(roomWords).colour
  const name = useId()
  return (
    <fieldset className="field">
      <legend className="label">{t.label}</legend>
      <div className="swatches">
        {ROOM_COLOURS.map((colour) => (
          <label key={colour} style={washOf(colour)} title={t[colour]}>
            <input
              type="radio"
              name={name}
              aria-label={t[colour]}
              checked={colour === props.value}
              onChange={() => props.onChange(colour)}
            />
            <Check className="i" aria-hidden />
          </label>
        ))}
      </div>
    </fieldset>
  )
}

// As rows of text, because that is how they are looked at.
const EMOJIS = (
  '🎳 🧶 🪑 ☕ 🔧 📚 🎲 🎧 🎸 🎨 🧵 🪴 ' +
  '🐈 🐝 🦔 🌻 🍕 🥁 🚲 🛠️ 💡 🔬 🏕️ 🫖 ' +
  '♟️ 🧩 📣 🗳️ 🤝 🌈 🌙 ⭐ 🏳️‍🌈 🩺 🧮 🏫'
).split(' ')

/** A button that shows the emoji and opens a small choice. */
export function EmojiPicker(props: {
  value: string | null
  onChange: (emoji: string | null) => void
}): ReactNode {
  const t = useWords(roomWords).emoji
  const [open, setOpen] = useState(false)
  const choose = (emoji: string | null): void => {
    props.onChange(emoji)
    setOpen(false)
  }
  return (
    <Popover.Root open={open} onOpenChange={setOpen}>
      {/* No portal: inside a modal dialog everything outside of it is inert. */}
      <Popover.Trigger asChild>
        <Button className="emo" aria-label={t.choose(props.value ?? t.none)}>
          <span aria-hidden>{props.value ?? '·'}</span>
        </Button>
      </Popover.Trigger>
      <Popover.Content
        className="menu emojis"
        align="start"
        sideOffset={6}
        collisionPadding={12}
        aria-label={t.list}
      >
        <div className="emoji-grid">
          {EMOJIS.map((emoji) => (
            <button
              key={emoji}
              type="button"
              aria-pressed={emoji === props.value}
              onClick={() => choose(emoji)}
            >
              {emoji}
            </button>
          ))}
        </div>
        <Button look="quiet" size="sm" wide onClick={() => choose(null)}>
          {t.none}
        </Button>
      </Popover.Content>
    </Popover.Root>
  )
}
