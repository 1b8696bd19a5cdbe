import type { ReactNode } from 'react'
import gone from '../../art/gone.svg?raw'
import { useWords } from '../../i18n'
import { DoorForm } from '../start/door-form'
import { ErrorPage } from './error-page'
import { errorWords } from './words'

/** A link or short name that leads nowhere: unknown, deleted, changed and closed look the same. */
export function UnknownDoor({ door }: { door: string }): ReactNode {
  const t = useWords(errorWords).link
  return (
    <ErrorPage title={t.title} headline={t.headline} art={gone}>
      <p className="lead">
        {t.lead[0]}
        <b>{door}</b>
        {t.lead[1]}
      </p>
      <DoorForm label={t.retry} initial={door} />
      <p className="soft more">{t.ask}</p>
    </ErrorPage>
  )
}
