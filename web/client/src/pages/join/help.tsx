// When the browser gives no camera and no microphone: what happened and what to click, in this browser's words.
import { RefreshCw } from 'lucide-react'
import { useEffect, type ReactNode } from 'react'
import { browserFamily, type BrowserFamily, type Trouble } from '../../call/devices'
import { useWords } from '../../i18n'
import { Button } from '../../ui'
import { helpWords } from './words'

const FAMILIES: readonly BrowserFamily[] = ['chromium', 'firefox', 'safari', 'ios']
const NAMES: Record<BrowserFamily, string> = {
  chromium: 'Chrome, Edge, Brave, Opera',
  firefox: 'Firefox',
  safari: 'Safari',
  ios: 'iPhone, iPad',
}

export function DeviceHelp({ trouble, onRetry }: { trouble: Trouble; onRetry: () => void }): ReactNode {
  const t = useWords(helpWords)
  useReleaseWatch(onRetry)
  const own = browserFamily(navigator.userAgent, navigator.maxTouchPoints)
  const { title, lead } = t[trouble]
  return (
    <div className="ask">
      <h2>{title}</h2>
      <p className="soft">{lead}</p>
      {trouble === 'denied' ? <Steps of={t[own]} /> : null}
      {trouble === 'insecure' ? null : (
        <Button look="tonal" onClick={onRetry}>
          <RefreshCw className="i" aria-hidden />
          {t.retry}
        </Button>
      )}
      {trouble === 'denied' ? (
        <details className="others">
          <summary>{t.others}</summary>
          {FAMILIES.filter((family) => family !== own).map((family) => (
            <section key={family}>
              <h3>{NAMES[family]}</h3>
              <Steps of={t[family]} />
            </section>
          ))}
        </details>
      ) : null}
    </div>
  )
}

function Steps({ of }: { of: readonly string[] }): ReactNode {
  return (
    <ol>
      {of.map((step) => (
        <li key={step}>
          <span>{step}</span>
        </li>
      ))}
    </ol>
  )
}

/** Notices by itself when the permission is given; browsers without this leave the button. */
function useReleaseWatch(onReleased: () => void): void {
  useEffect(() => {
    let watching = true
    const watched: PermissionStatus[] = []
    const changed = (event: Event): void => {
      if ((event.target as PermissionStatus).state === 'granted') onReleased()
    }
    for (const name of ['microphone', 'camera'] as const) {
      navigator.permissions
        ?.query({ name })
        .then((status) => {
          if (!watching) return
          status.addEventListener('change', changed)
          watched.push(status)
        })
        .catch(() => undefined)
    }
    return () => {
      watching = false
      for (const status of watched) status.removeEventListener('change', changed)
    }
  }, [onReleased])
}
