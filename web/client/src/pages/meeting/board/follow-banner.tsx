import { Eye, Footprints } from 'lucide-react'
import type { ReactNode } from 'react'
import type { Session } from '../../../call/session'
import { useWords } from '../../../i18n'
import { Button } from '../../../ui'
import { useStore } from '../../door/use-store'
import { presenterOf } from './presenter'
import type { Studio } from './studio'
import { followWords } from './words'

/** Says who leads whose eyes, with a way out. */
export function FollowBanner({ studio, session }: { studio: Studio; session: Session }): ReactNode {
  const t = useWords(followWords)
  const { leading, offered, following } = useStore(studio.follow.state)
  const name = presenterOf(useStore(session.meeting))?.name ?? ''
  return (
    <div className="follow" role="status">
      {leading ? (
        <p className="follow-in">
          <Eye className="i" aria-hidden />
          <span className="grow">{t.leading}</span>
          <Button look="quiet" size="sm" onClick={() => studio.follow.lead(false)}>
            {t.stopLeading}
          </Button>
        </p>
      ) : offered ? (
        <p className="follow-in">
          <Footprints className="i" aria-hidden />
          <span className="grow">{following ? t.following(name) : t.offered(name)}</span>
          <Button
            look="quiet"
            size="sm"
            onClick={() => (following ? studio.follow.stop() : studio.follow.follow())}
          >
            {following ? t.stop : t.follow}
          </Button>
        </p>
      ) : null}
    </div>
  )
}
