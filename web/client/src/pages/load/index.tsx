// How busy the server is, for everybody: a verdict, nine pins, a day, a month, and what is never told.
import { Check, X } from 'lucide-react'
import { type ReactNode } from 'react'
import { faultWords, getLoad, useAsk, type Load } from '../../api'
import { useWords } from '../../i18n'
import { Button, Notice, Pins, Rolling, Shell } from '../../ui'
import { Figures } from './figures'
import './load.css'
import { dayOf, type Day } from './model'
import { Month } from './month'
import { shortVerdict, verdictWords } from './verdict'
import { loadWords } from './words'

const AGAIN_MS = 5 * 60_000

/** The figures, laid out over the day that ends when they came. */
const getDay = async (signal?: AbortSignal): Promise<{ load: Load; day: Day }> => {
  const load = await getLoad(signal)
  return { load, day: dayOf(load, Date.now() / 1000) }
}

export default function LoadPage(): ReactNode {
  const t = useWords(loadWords)
  const { answer, fault, again } = useAsk(getDay, AGAIN_MS)
  return (
    <Shell title={t.title} className="inside load-page" skip={['figures', t.skip]}>
      {answer ? (
        <Known load={answer.load} day={answer.day} />
      ) : fault ? (
        <div className="stack">
          <Notice look="bad" role="alert">
            {faultWords(fault)}
          </Notice>
          <p>
            <Button onClick={again}>{t.again}</Button>
          </p>
        </div>
      ) : (
        <Rolling>{t.fetching}</Rolling>
      )}
    </Shell>
  )
}

function Known({ load, day }: { load: Load; day: Day }): ReactNode {
  const t = useWords(loadWords)
  const v = useWords(verdictWords)
  const standing = `${v.standing(load.standing_pins)}. ${v.meaning}`
  return (
    <>
      <section className="verdict">
        <div>
          <h1 className="sign">{shortVerdict(v, load.verdict)}.</h1>
          <p className="lead">{load.samples.length > 0 ? v.lead[load.verdict] : t.begun}</p>
        </div>
        <figure>
          <Pins standing={load.standing_pins} label={v.standing(load.standing_pins)} />
          <figcaption>{standing}</figcaption>
        </figure>
      </section>
      <Figures day={day} />
      <Month days={load.days} />
      <section className="told">
        <TellList title={t.shown} items={t.shownList} look="yes" />
        <TellList title={t.never} items={t.neverList} look="no" />
        <p>{t.why}</p>
      </section>
    </>
  )
}

function TellList(props: { title: string; items: readonly string[]; look: 'yes' | 'no' }): ReactNode {
  const Icon = props.look === 'yes' ? Check : X
  return (
    <div className={props.look}>
      <h2>{props.title}</h2>
      <ul>
        {props.items.map((item) => (
          <li key={item}>
            <Icon className="i" aria-hidden />
            {item}
          </li>
        ))}
      </ul>
    </div>
  )
}
