import type { ReactNode } from 'react'

const BODY =
  'M20 2c5 0 8.4 3.9 8.4 8.8 0 4-1.9 6.7-2.7 10.7-.8 4 0 8.5 1.8 14C30.3 44 34 52 34 62c0 12-4 22-6 32H12C10 84 6 74 6 62c0-10 3.7-18 6.5-26.5 1.8-5.5 2.6-10 1.8-14-.8-4-2.7-6.7-2.7-10.7C11.6 5.9 15 2 20 2Z'
const RING = 'M14.6 23h10.8c-.4 3 .1 5.6.8 8.5H13.8c.7-2.9 1.2-5.5.8-8.5Z'

/** The machine: nine pins, those that stand are free ninths. A figure, never a decoration.
 * Without a label it is hidden: then the words beside it must say the same. */
export function Pins({ standing, label }: { standing: number; label?: string }): ReactNode {
  return (
    <span className="pins" {...(label ? { role: 'img', 'aria-label': label } : { 'aria-hidden': true })}>
      {Array.from({ length: 9 }, (_, index) => (
        <svg key={index} viewBox="0 0 40 96" aria-hidden className={index < standing ? undefined : 'down'}>
          <path className="body" d={BODY} />
          <path className="ring" d={RING} />
        </svg>
      ))}
    </span>
  )
}

/** The name of the house: a pin, a ball and the word in sign lettering. */
export function Wordmark(): ReactNode {
  return (
    <span className="word">
      <svg className="lpin" viewBox="0 0 66 96" aria-hidden>
        <path className="body" d={BODY} />
        <path className="ring" d={RING} />
        <circle className="kugel" cx="48" cy="78" r="16" />
      </svg>
      Kegelbahn
    </span>
  )
}
