import type { ReactNode } from 'react'
import gone from '../../art/gone.svg?raw'
import { useWords } from '../../i18n'
import { DoorForm } from '../start/door-form'
import { ErrorPage } from './error-page'
import { errorWords } from './words'

/** An address that no page answers. */
export default function NotFoundPage(): ReactNode {
  const t = useWords(errorWords).page
  return (
    <ErrorPage title={t.title} headline={t.headline} art={gone}>
      <p className="lead">{t.lead}</p>
      <DoorForm label={t.retry} />
    </ErrorPage>
  )
}
