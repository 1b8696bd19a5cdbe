import { Check } from 'lucide-react'
import type { ReactNode } from 'react'
import browser from '../../art/browser.svg?raw'
import { useWords } from '../../i18n'
import { CopyButton } from '../../ui'
import { ErrorPage } from './error-page'
import { errorWords } from './words'

const GOOD_BROWSERS = ['Firefox', 'Chromium / Chrome', 'Safari', 'Edge']

/** For browsers without WebRTC; `missing` comes from `missingFeatures`. */
export function BrowserTooOld({ missing }: { missing: readonly string[] }): ReactNode {
  const t = useWords(errorWords).browser
  return (
    <ErrorPage title={t.title} headline={t.headline} art={browser}>
      <p className="lead">{t.lead}</p>
      <ul className="browsers">
        {GOOD_BROWSERS.map((name) => (
          <li key={name}>
            <Check className="i" aria-hidden />
            {name}
          </li>
        ))}
      </ul>
      <div className="do">
        <CopyButton look="primary" size="lg" text={location.href} label={t.copy} />
      </div>
      <details className="why">
        <summary>{t.why}</summary>
        <p>{t.missing(missing.join(', '))}</p>
      </details>
    </ErrorPage>
  )
}
