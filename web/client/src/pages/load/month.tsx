import type { ReactNode } from 'react'
import type { LoadDay } from '../../api'
import { useLanguage, useWords } from '../../i18n'
import { loadWords } from './words'

/** Thirty days, each as a pile of the pins that fell in its fullest hour. Days are UTC, as the server counts them. */
export function Month({ days }: { days: readonly LoadDay[] }): ReactNode {
  const t = useWords(loadWords)
  const language = useLanguage()
  const named = (start: number): string =>
    new Date(start * 1000).toLocaleDateString(language === 'de' ? 'de-DE' : 'en-GB', {
      day: 'numeric',
      month: 'short',
      timeZone: 'UTC',
    })
  const [first, last] = [days[0], days.at(-1)]
  if (!first || !last) return null
  return (
    <section aria-labelledby="month-title">
      <div className="hd">
        <h2 id="month-title">{t.month}</h2>
        <p>{t.monthHint}</p>
      </div>
      <div className="card">
        <ul className="days">
          {days.map(({ start, fallen_pins: fallen }) => (
            <li key={start} className={isWeekend(start) ? 'weekend' : undefined}>
              <span className="sr">
                {fallen === null ? t.dayOff(named(start)) : t.dayFallen(named(start), fallen)}
              </span>
              {Array.from({ length: fallen ?? 0 }, (_, index) => (
                <b key={index} aria-hidden />
              ))}
            </li>
          ))}
        </ul>
        <p className="days-axis" aria-hidden>
          <span>{named(first.start)}</span>
          <span>{t.weekend}</span>
          <span>{named(last.start)}</span>
        </p>
      </div>
    </section>
  )
}

function isWeekend(start: number): boolean {
  const day = new Date(start * 1000).getUTCDay()
  return day === 0 || day === 6
}
