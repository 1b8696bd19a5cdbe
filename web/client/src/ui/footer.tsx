import type { ReactNode } from 'react'
import { Link } from 'wouter'
import { useServer } from '../api/server'
import { useWords, words } from '../i18n'

const footerWords = words(
  {
    nav: 'Rechtliches',
    privacy: 'Datenschutz',
    imprint: 'Impressum',
    load: 'Auslastung',
    source: 'Quelltext',
    by: (name: string) => `Betrieben von ${name}`,
  },
  {
    nav: 'Legal',
    privacy: 'Privacy',
    imprint: 'Imprint',
    load: 'Load',
    source: 'Source code',
    by: (name) => `Run by ${name}`,
  },
)

/** Who runs the place; only what the operator has configured. */
export function Footer(): ReactNode {
  const t = useWords(footerWords)
  const operator = useServer()?.operator
  return (
    <footer className="foot">
      <nav aria-label={t.nav}>
        {operator?.privacy_url ? <a href={operator.privacy_url}>{t.privacy}</a> : null}
        {operator?.imprint_url ? <a href={operator.imprint_url}>{t.imprint}</a> : null}
        <Link href="/load">{t.load}</Link>
        {operator?.source_url ? <a href={operator.source_url}>{t.source}</a> : null}
      </nav>
      {operator?.name ? <p>{t.by(operator.name)}</p> : null}
    </footer>
  )
}
