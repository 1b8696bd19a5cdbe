// How well somebody comes through, in bars on their tile and, on demand, in words and figures that can be copied.
import { Popover } from 'radix-ui'
import type { ReactNode } from 'react'
import { browserFamily } from '../../../call/devices'
import { ownQuality, personQuality, type Level } from '../../../call/person-quality'
import type { Session } from '../../../call/session'
import type { PersonTile } from '../../../call/tiles'
import { useLanguage, useWords } from '../../../i18n'
import { classNames, CopyButton } from '../../../ui'
import { useStore } from '../../door/use-store'
import { wayWords } from '../way-words'
import { levelWord, ownRows, personRows, reportText, type Around } from './report'
import { qualityWords } from './words'

interface QualityButtonProps {
  session: Session
  person: PersonTile
  level: Level | null
}

export function QualityButton({ session, person, level }: QualityButtonProps): ReactNode {
  const t = useWords(qualityWords)
  const language = useLanguage()
  const of = person.own ? t.own : t.of(person.name)
  const label = t.labelled(of, levelWord(level, language))
  return (
    <Popover.Root>
      <Popover.Trigger className="tool" aria-label={label} title={label}>
        <Bars level={level} />
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          className="quality"
          aria-label={of}
          align="start"
          sideOffset={6}
          collisionPadding={12}
        >
          <Card session={session} person={person} title={of} />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  )
}

/** Four bars; words for them always stand beside or in the label. */
function Bars({ level }: { level: Level | null }): ReactNode {
  return (
    <span className={classNames('strength', level !== null && level <= 2 && 'weak')} aria-hidden>
      {[1, 2, 3, 4].map((bar) => (
        <i key={bar} className={level !== null && bar <= level ? 'on' : undefined} />
      ))}
    </span>
  )
}

function Card({
  session,
  person,
  title,
}: {
  session: Session
  person: PersonTile
  title: string
}): ReactNode {
  const t = useWords(qualityWords)
  const ways = useWords(wayWords)
  const { way } = useStore(session.path)
  const language = useLanguage()
  const meeting = useStore(session.meeting)
  const lines = useStore(session.lines)
  const own = person.own ? ownQuality(meeting, lines) : null
  const other = personQuality(person.id, meeting, lines)
  const { level } = own ?? other
  const rows = own ? ownRows(own, language) : personRows(other, language)
  const reason = own ? null : other.reason
  const path = way && ways.short[way]
  const shown = path ? [...rows, { label: t.path, value: path }] : rows
  const sentence = reason ? t.reasons[reason] : !own && level === null ? t.nothing : null
  const report = reportText(own ? 'own' : 'other', { level, reason }, rows, around(path), language)
  return (
    <>
      <h2>{title}</h2>
      <p className="verdict">
        <Bars level={level} />
        <b>{levelWord(level, language)}</b>
      </p>
      {sentence ? <p>{sentence}</p> : null}
      <dl>
        {shown.map(({ label, value }) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <div className="copy">
        <CopyButton text={report} label={t.copy} look="tonal" />
        <p className="hint">{t.copyHint}</p>
      </div>
    </>
  )
}

function around(path: string | null): Around {
  return { path, browser: browserFamily(navigator.userAgent, navigator.maxTouchPoints) }
}
