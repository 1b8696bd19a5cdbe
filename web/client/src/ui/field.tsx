import { ChevronDown, CircleAlert } from 'lucide-react'
import { useId, type InputHTMLAttributes, type ReactNode, type Ref, type SelectHTMLAttributes } from 'react'
import { classNames } from './class-names'

interface Told {
  label: ReactNode
  hint?: ReactNode
  /** What is wrong and what to do; announced at once. */
  error?: string | null | undefined
}

interface FieldProps extends Told, Omit<InputHTMLAttributes<HTMLInputElement>, 'size'> {
  size?: 'md' | 'lg'
  /** Stands beside the input on the same line, such as the page's main button. */
  beside?: ReactNode
  ref?: Ref<HTMLInputElement>
}

/** A labelled input with a hint or, when something is wrong, a sentence. */
export function Field({
  label,
  hint,
  error,
  size = 'md',
  beside,
  className,
  ...input
}: FieldProps): ReactNode {
  const own = useId()
  const id = input.id ?? own
  const field = (
    <input
      {...input}
      id={id}
      className={classNames('input', size === 'lg' && 'lg', className)}
      aria-invalid={error ? true : undefined}
      aria-describedby={error ? `${id}-error` : hint ? `${id}-hint` : undefined}
    />
  )
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {beside ? (
        <div className="line">
          {field}
          {beside}
        </div>
      ) : (
        field
      )}
      <FieldNotes id={id} hint={hint} error={error} />
    </div>
  )
}

interface SelectProps extends Told, SelectHTMLAttributes<HTMLSelectElement> {
  options: readonly { value: string; label: string }[]
  /** An icon at the start of the box. */
  lead?: ReactNode
}

/** A labelled choice from a list; the system's own list, so it works everywhere. */
export function Select({ label, hint, error, options, lead, className, ...select }: SelectProps): ReactNode {
  const own = useId()
  const id = select.id ?? own
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <span className={classNames('selectwrap', Boolean(lead) && 'lead')}>
        {lead}
        <select
          {...select}
          id={id}
          className={classNames('select', className)}
          aria-invalid={error ? true : undefined}
          aria-describedby={error ? `${id}-error` : hint ? `${id}-hint` : undefined}
        >
          {options.map((option) => (
            <option key={option.value} value={option.value}>
              {option.label}
            </option>
          ))}
        </select>
        <ChevronDown className="i" aria-hidden />
      </span>
      <FieldNotes id={id} hint={hint} error={error} />
    </div>
  )
}

function FieldNotes({
  id,
  hint,
  error,
}: {
  id: string
  hint?: ReactNode
  error?: string | null | undefined
}): ReactNode {
  return (
    <>
      {hint && !error ? (
        <span className="hint" id={`${id}-hint`}>
          {hint}
        </span>
      ) : null}
      <span role="alert" id={`${id}-error`} className={error ? 'err' : undefined}>
        {error ? (
          <>
            <CircleAlert className="i" aria-hidden />
            <span>{error}</span>
          </>
        ) : null}
      </span>
    </>
  )
}
