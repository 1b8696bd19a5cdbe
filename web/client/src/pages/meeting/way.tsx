// In one sentence: the way that sound and pictures take.
import { Route } from 'lucide-react'
import type { ReactNode } from 'react'
import type { Session } from '../../call/session'
import { useWords } from '../../i18n'
import { useStore } from '../door/use-store'
import { wayWords } from './way-words'

export function WayLine({ session }: { session: Session }): ReactNode {
  const t = useWords(wayWords)
  const { path, way } = useStore(session.path)
  const port = location.port || '443'
  const said = path === 'blocked' ? t.blocked(port) : way === null ? t.looking : t[way]
  return (
    <section className="stack">
      <h3>{t.title}</h3>
      <p className="row">
        <Route className="i" aria-hidden />
        <span className="grow">{said}</span>
      </p>
    </section>
  )
}
