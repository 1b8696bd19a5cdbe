// The board's rules, wherever they are shown or changed: who draws, whose pointers are seen, what is kept.
import { Archive, CalendarClock, Eraser, KeyRound, Presentation, UserCheck, Users } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import type { DrawingRight, Keeping } from '../../api'
import { useWords } from '../../i18n'
import { Field, RadioCards } from '../../ui'
import { ruleWords } from './words'

export { ruleWords } from './words'

export const DRAWING: readonly DrawingRight[] = ['everyone', 'chosen', 'presenter', 'hosts']
export const DRAWING_ICONS = {
  everyone: Users,
  chosen: UserCheck,
  presenter: Presentation,
  hosts: KeyRound,
} as const
const KEEPING = ['wipe', 'days', 'keep'] as const
const KEEPING_ICONS = { wipe: Eraser, days: CalendarClock, keep: Archive } as const
const DAYS = { first: 30, max: 365 } as const

/** What becomes of the board, in a sentence for everybody. */
export function useKeepingSentence(keeping: Keeping): string {
  const t = useWords(ruleWords)
  switch (keeping.policy) {
    case 'wipe':
      return t.willWipe
    case 'days':
      return keeping.days === 1 ? t.willStayDay : t.willStayDays(String(keeping.days))
    case 'keep':
      return t.willStay
  }
}

/** Why somebody only watches. */
export function useWatchingSentence(drawing: DrawingRight | undefined): string {
  const t = useWords(ruleWords)
  switch (drawing) {
    case 'hosts':
      return t.onlyHosts
    case 'presenter':
      return t.onlyPresenter
    case 'chosen':
      return t.onlyChosen
    case 'everyone':
    case undefined:
      return t.onlyYou
  }
}

interface ChoiceProps<T> {
  value: T
  onChange: (value: T) => void
  hideLegend?: boolean
}

export function DrawingChoice({ value, onChange, hideLegend = false }: ChoiceProps<DrawingRight>): ReactNode {
  const t = useWords(ruleWords)
  const options = DRAWING.map((mode) => {
    const Icon = DRAWING_ICONS[mode]
    const [label = '', hint = ''] = t[mode]
    return { value: mode, label, hint, icon: <Icon className="i" aria-hidden /> }
  })
  return (
    <RadioCards
      legend={t.drawing}
      hideLegend={hideLegend}
      value={value}
      options={options}
      onChange={onChange}
    />
  )
}

export function KeepingChoice({ value, onChange }: ChoiceProps<Keeping>): ReactNode {
  const t = useWords(ruleWords)
  const [typed, setTyped] = useState<string | null>(null)
  const days = value.policy === 'days' ? value.days : DAYS.first
  const wrong = typed !== null && daysFrom(typed) === null
  const options = KEEPING.map((policy) => {
    const Icon = KEEPING_ICONS[policy]
    const [label = '', hint = ''] = t[policy]
    return { value: policy, label, hint, icon: <Icon className="i" aria-hidden /> }
  })
  const save = (): void => {
    const number = daysFrom(typed ?? '')
    if (number === null) return
    setTyped(null)
    if (number !== days) onChange({ policy: 'days', days: number })
  }
  return (
    <>
      <RadioCards
        legend={t.keeping}
        value={value.policy}
        options={options}
        onChange={(policy) => onChange(policy === 'days' ? { policy, days: DAYS.first } : { policy })}
      />
      {value.policy === 'days' ? (
        <Field
          label={t.howLong}
          inputMode="numeric"
          autoComplete="off"
          maxLength={3}
          value={typed ?? String(days)}
          error={wrong ? t.daysWrong : null}
          onChange={(event) => setTyped(event.target.value)}
          onBlur={save}
          onKeyDown={(event) => event.key === 'Enter' && save()}
        />
      ) : null}
    </>
  )
}

function daysFrom(text: string): number | null {
  const number = /^\d{1,3}$/.test(text.trim()) ? Number(text) : 0
  return number >= 1 && number <= DAYS.max ? number : null
}
