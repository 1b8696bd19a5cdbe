// The front door: one field, one button, how busy the house is, and the house itself.
import { ChevronRight, DoorOpen, LogIn } from 'lucide-react'
import { useEffect, useState, type ReactNode } from 'react'
import { Link } from 'wouter'
import { getLoad, getSession, useAsk } from '../../api'
import { useWords } from '../../i18n'
import { Art, LinkButton, Pins, Shell } from '../../ui'
import { shortVerdict, verdictWords } from '../load/verdict'
import { DoorForm } from './door-form'
import './start.css'
import { startWords } from './words'

const WIDE = '(min-width: 56.2501em)'

export function StartPage(): ReactNode {
  const t = useWords(startWords)
  const [before, word, after] = t.example
  return (
    <Shell title={t.title} className="hero" skip={['room', t.skip]} before={<LogInLink />}>
      <div>
        <h1 className="sign">{t.headline}</h1>
        <p className="lead">{t.lead}</p>
        <DoorForm
          label={t.where}
          hint={
            <>
              {before}
              <b>{word}</b>
              {after}
            </>
          }
        />
        <LoadStrip />
      </div>
      <Scene />
    </Shell>
  )
}

/** The house, or on small screens only its cellar. It comes after the words; its place is kept. */
function Scene(): ReactNode {
  const t = useWords(startWords)
  const [wide, setWide] = useState(() => matchMedia(WIDE).matches)
  const [art, setArt] = useState<string | null>(null)
  useEffect(() => {
    const query = matchMedia(WIDE)
    const turn = (): void => setWide(query.matches)
    query.addEventListener('change', turn)
    return () => query.removeEventListener('change', turn)
  }, [])
  useEffect(() => {
    let stale = false
    const file = wide ? import('../../art/house.svg?raw') : import('../../art/lane.svg?raw')
    // Without it the page is plainer, nothing else.
    file.then(
      (module) => !stale && setArt(module.default),
      () => {},
    )
    return () => {
      stale = true
    }
  }, [wide])
  return (
    <div className={wide ? 'scene house' : 'scene lane'}>
      {art ? <Art of={art} label={wide ? t.house : t.lane} /> : null}
    </div>
  )
}

function LogInLink(): ReactNode {
  const t = useWords(startWords)
  const { answer } = useAsk(getSession)
  const inside = Boolean(answer?.account)
  return (
    <LinkButton look="quiet" className="login" href={inside ? '/rooms' : '/login'}>
      {inside ? <DoorOpen className="i" aria-hidden /> : <LogIn className="i" aria-hidden />}
      <span>{inside ? t.yourRooms : t.logIn}</span>
    </LinkButton>
  )
}

/** How busy the server is. While it is not known the place stays empty: a figure is never invented. */
function LoadStrip(): ReactNode {
  const t = useWords(verdictWords)
  const { answer } = useAsk(getLoad)
  if (!answer) return <div className="load-strip" aria-hidden />
  const standing = answer.standing_pins
  return (
    <Link className="load-strip" href="/load">
      <Pins standing={standing} />
      <span>
        <b>{shortVerdict(t, answer.verdict)}</b>
        <span className="small muted">
          {t.standing(standing)}. {t.meaning}
        </span>
      </span>
      <ChevronRight className="i" aria-hidden />
    </Link>
  )
}
