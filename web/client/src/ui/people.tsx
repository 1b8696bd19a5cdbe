import { DoorOpen } from 'lucide-react'
import type { CSSProperties, ReactNode } from 'react'
import { useWords, words } from '../i18n'
import { Button } from './button'
import { classNames } from './class-names'

/** In the order in which a room deals them (`Participant.ball`, 0 to 7). */
export const BALL_COLOURS = ['pine', 'brick', 'plum', 'sky', 'ochre', 'moss', 'slate', 'rose'] as const

/** Up to two letters of a name, by what people see as letters. */
export function initials(name: string): string {
  const [first = '', second = ''] = name.trim().split(/\s+/)
  const letters = (part: string, count: number): string =>
    [...new Intl.Segmenter().segment(part)]
      .slice(0, count)
      .map((piece) => piece.segment)
      .join('')
  return (second ? letters(first, 1) + letters(second, 1) : letters(first, 2)).toLocaleUpperCase()
}

interface BallProps {
  /** 0 to 7, dealt by the room; never made from the name. */
  ball: number
  name: string
  size?: 'sm' | 'md' | 'big'
}

/** A person. The name stands beside it or over it, so it is hidden from screen readers. */
export function Ball({ ball, name, size = 'md' }: BallProps): ReactNode {
  const colour = BALL_COLOURS[ball % BALL_COLOURS.length] ?? 'pine'
  return (
    <span className={classNames('ball', `ball-${colour}`, size !== 'md' && size)} aria-hidden>
      {initials(name)}
    </span>
  )
}

interface KnockProps {
  name: string
  ball: number
  /** Such as "wartet seit 20 Sekunden". */
  since: string
  onAdmit: () => void
  onRefuse: () => void
}

const knockWords = words(
  { knocks: (name: string) => `${name} klopft an`, admit: 'Reinlassen', refuse: 'Ablehnen' },
  { knocks: (name) => `${name} is knocking`, admit: 'Let in', refuse: 'Not now' },
)

/** Somebody at the door, as hosts see it. The list around it is the live region; a knock never takes the focus. */
export function Knock({ name, ball, since, onAdmit, onRefuse }: KnockProps): ReactNode {
  const t = useWords(knockWords)
  return (
    <div className="knock">
      <div className="row">
        <Ball ball={ball} name={name} />
        <p className="grow">
          <b>{t.knocks(name)}</b>
          <span className="small">{since}</span>
        </p>
      </div>
      <div className="acts">
        <Button look="primary" onClick={onAdmit} aria-label={`${t.admit}: ${name}`}>
          {t.admit}
        </Button>
        <Button look="quiet" onClick={onRefuse} aria-label={`${t.refuse}: ${name}`}>
          {t.refuse}
        </Button>
      </div>
    </div>
  )
}

interface CallControlProps {
  icon: ReactNode
  label: string
  /** `on` is filled, `off` is red with a slashed icon, `available` is an outline, `leave` is red and filled. */
  state: 'on' | 'off' | 'available' | 'leave'
  onClick: () => void
  /** Small number at the ball's edge. */
  count?: ReactNode
  /** For toggles: said to screen readers besides the label. */
  pressed?: boolean
  title?: string
  disabled?: boolean
}

/** One of the round controls of a call. */
export function CallControl(props: CallControlProps): ReactNode {
  const { icon, label, state, onClick, count, pressed, title, disabled } = props
  return (
    <button
      type="button"
      className={classNames('cb', state !== 'available' && state)}
      aria-pressed={pressed}
      title={title}
      disabled={disabled}
      onClick={onClick}
    >
      <span className="o">{icon}</span>
      <span className="t">{label}</span>
      {count}
    </button>
  )
}

/** How loud a microphone is: nine segments, like the pins. */
export function Meter({ value, label }: { value: number; label: string }): ReactNode {
  const lit = Math.max(0, Math.min(9, Math.round(value)))
  return (
    <span
      className="meter"
      role="meter"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={9}
      aria-valuenow={lit}
      style={{ '--lit': lit } as CSSProperties}
    >
      {Array.from({ length: 9 }, (_, index) => (
        <i key={index} className={index < lit ? 'on' : undefined} />
      ))}
    </span>
  )
}

/** Shown where a host opens the door; the icon of everything about doors. */
export const DoorIcon = DoorOpen
