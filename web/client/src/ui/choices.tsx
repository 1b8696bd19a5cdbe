import { useId, type ReactNode } from 'react'
import { classNames } from './class-names'

interface SwitchProps {
  label: ReactNode
  hint?: ReactNode
  checked: boolean
  onChange: (checked: boolean) => void
  disabled?: boolean
}

/** On or off, at once, with its words at the left. */
export function Switch({ label, hint, checked, onChange, disabled }: SwitchProps): ReactNode {
  const id = useId()
  return (
    <div className="opt">
      <div>
        <label htmlFor={id}>{label}</label>
        {hint ? (
          <p className="hint" id={`${id}-hint`}>
            {hint}
          </p>
        ) : null}
      </div>
      <input
        className="switch"
        type="checkbox"
        role="switch"
        id={id}
        checked={checked}
        disabled={disabled}
        aria-describedby={hint ? `${id}-hint` : undefined}
        onChange={(event) => onChange(event.target.checked)}
      />
    </div>
  )
}

interface RadioCardsProps<T extends string> {
  /** Names the group; `hideLegend` when a heading above says the same. */
  legend: string
  hideLegend?: boolean
  value: T
  onChange: (value: T) => void
  options: readonly { value: T; icon?: ReactNode; label: string; hint?: string }[]
}

/** One of a few, each with a sentence that says what follows from it. */
export function RadioCards<T extends string>(props: RadioCardsProps<T>): ReactNode {
  const { legend, hideLegend, value, onChange, options } = props
  const name = useId()
  return (
    <fieldset className="rads">
      <legend className={hideLegend ? 'sr' : 'label'}>{legend}</legend>
      {options.map((option) => (
        <label key={option.value} className="rad">
          <input
            type="radio"
            name={name}
            value={option.value}
            checked={option.value === value}
            onChange={() => onChange(option.value)}
          />
          {option.icon ?? <span />}
          <span>
            <b>{option.label}</b>
            {option.hint ? <span className="hint">{option.hint}</span> : null}
          </span>
        </label>
      ))}
    </fieldset>
  )
}

interface SegmentsProps<T extends string> {
  label: string
  value: T
  onChange: (value: T) => void
  options: readonly { value: T; label: string; icon?: ReactNode }[]
  className?: string
}

/** Two or three views of the same thing, one of them shown. */
export function Segments<T extends string>({
  label,
  value,
  onChange,
  options,
  className,
}: SegmentsProps<T>): ReactNode {
  return (
    <div className={classNames('seg', className)} role="group" aria-label={label}>
      {options.map((option) => (
        <button
          key={option.value}
          type="button"
          aria-pressed={option.value === value}
          onClick={() => onChange(option.value)}
        >
          {option.icon}
          {option.label}
        </button>
      ))}
    </div>
  )
}

interface RangeProps {
  label: string
  /** 0 to `max` (100 unless said otherwise). */
  value: number
  max?: number
  step?: number
  onChange: (value: number) => void
  /** What the value means, for people who cannot see the slider. */
  valueText?: string
}

/** A slider. */
export function Range({ label, value, max = 100, step = 1, onChange, valueText }: RangeProps): ReactNode {
  return (
    <input
      className="range"
      type="range"
      min={0}
      max={max}
      step={step}
      value={value}
      aria-label={label}
      aria-valuetext={valueText}
      style={{ '--at': `${(value / max) * 100}%` } as React.CSSProperties}
      onChange={(event) => onChange(Number(event.target.value))}
    />
  )
}
