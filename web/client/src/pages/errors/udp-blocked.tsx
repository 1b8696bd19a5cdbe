import { RefreshCw, Wrench } from 'lucide-react'
import type { ReactNode } from 'react'
import udp from '../../art/udp.svg?raw'
import { useWords } from '../../i18n'
import { Button, LinkButton } from '../../ui'
import { ErrorPage } from './error-page'
import { errorWords } from './words'

/** Signalling works but no media arrived, by UDP or by TCP: somebody's firewall. */
export function UdpBlocked({ onAgain }: { onAgain: () => void }): ReactNode {
  const t = useWords(errorWords)
  return (
    <ErrorPage title={t.udp.title} headline={t.udp.headline} art={udp}>
      <p className="lead">{t.udp.lead}</p>
      <div className="do">
        <Button look="primary" size="lg" onClick={onAgain}>
          <RefreshCw className="i" aria-hidden />
          {t.udp.again}
        </Button>
        <LinkButton look="quiet" size="lg" href="/">
          {t.home}
        </LinkButton>
      </div>
      <details className="why" open>
        <summary>
          <Wrench className="i" aria-hidden />
          {t.udp.why}
        </summary>
        <p>{t.udp.letThrough(location.hostname, location.port || '443')}</p>
      </details>
    </ErrorPage>
  )
}
