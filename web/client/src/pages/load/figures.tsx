import { ChartArea, Table } from 'lucide-react'
import { useCallback, useState, type ReactNode } from 'react'
import { useLanguage, useWords } from '../../i18n'
import { Segments, useTheme } from '../../ui'
import { Graph } from './graph'
import { newest, type Day, type Figure } from './model'
import { tell } from './tell'
import { loadWords } from './words'

const FIGURES: readonly Figure[] = ['rooms', 'people', 'traffic', 'cpu', 'memory']

/** The day as graphs or as a table; both say the same. */
export function Figures({ day }: { day: Day }): ReactNode {
  const t = useWords(loadWords)
  const [view, setView] = useState<'graphs' | 'table'>('graphs')
  return (
    <section id="figures" tabIndex={-1} aria-labelledby="day-title">
      <div className="hd">
        <h2 id="day-title">{t.day}</h2>
        <p>{t.steps}</p>
        <Segments
          label={t.show}
          value={view}
          onChange={setView}
          options={[
            { value: 'graphs', label: t.graphs, icon: <ChartArea className="i" aria-hidden /> },
            { value: 'table', label: t.table, icon: <Table className="i" aria-hidden /> },
          ]}
        />
      </div>
      {view === 'graphs' ? <Graphs day={day} /> : <FigureTable day={day} />}
    </section>
  )
}

function useClock(): (start: number) => string {
  const language = useLanguage()
  return (start) =>
    new Date(start * 1000).toLocaleTimeString(language === 'de' ? 'de-DE' : 'en-GB', {
      hour: '2-digit',
      minute: '2-digit',
    })
}

function Graphs({ day }: { day: Day }): ReactNode {
  const t = useWords(loadWords)
  const clock = useClock()
  const theme = useTheme()
  const [pointed, setPointed] = useState<number | null>(null)
  const point = useCallback((index: number | null) => setPointed(index), [])
  const index = pointed ?? newest(day)
  const start = index === undefined ? undefined : day.starts[index]
  return (
    <div className="graphs">
      {FIGURES.map((figure) => (
        <figure key={figure} className="g">
          <header>
            <h3>{t.figures[figure]}</h3>
            {index !== undefined && start !== undefined ? (
              <p className="now">
                {pointed === null ? t.latest : t.at(clock(start))}{' '}
                <b>{tell(figure, day.told(figure, index))}</b>
              </p>
            ) : null}
          </header>
          <Graph key={theme} figure={figure} day={day} onPoint={point} />
        </figure>
      ))}
    </div>
  )
}

function FigureTable({ day }: { day: Day }): ReactNode {
  const t = useWords(loadWords)
  const clock = useClock()
  const told = day.starts
    .map((start, index) => ({ start, index }))
    .filter(({ start }) => start < day.toldUntil)
  return (
    // The table scrolls sideways by itself on a phone, so the keyboard must reach it.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className="table" tabIndex={0} role="region" aria-label={t.table}>
      <table>
        <caption>{t.steps}</caption>
        <thead>
          <tr>
            <th scope="col">{t.time}</th>
            {FIGURES.map((figure) => (
              <th key={figure} scope="col">
                {t.figures[figure]}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {told.toReversed().map(({ start, index }) => (
            <tr key={start}>
              <th scope="row">{clock(start)}</th>
              {FIGURES.map((figure) => (
                <td key={figure}>{tell(figure, day.told(figure, index))}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
