// Who is at the door, for hosts. Docked, never floating, and it never takes the focus: K jumps to it.
import type { ReactNode } from 'react'
import type { Session } from '../../call/session'
import { useWords } from '../../i18n'
import { Button, Knock } from '../../ui'
import { useStore } from '../door/use-store'
import { useNow } from './header'
import { drawerWords } from './words'

/** Somebody outside has no ball yet: the room deals it at the door. */
const OUTSIDE_BALL = 5

export function Knocks({ session, className }: { session: Session; className: string }): ReactNode {
  const t = useWords(drawerWords)
  const { knocks } = useStore(session.meeting)
  const now = useNow(5000)
  return (
    <section className={className} role="status" aria-label={t.atTheDoor} hidden={knocks.length === 0}>
      {knocks.map((knock) => (
        <Knock
          key={knock.participant}
          name={knock.name}
          ball={OUTSIDE_BALL}
          since={waited(t, Math.max(0, now - knock.since))}
          onAdmit={() => session.ask({ type: 'admit', participant: knock.participant })}
          onRefuse={() => session.ask({ type: 'refuse', participant: knock.participant })}
        />
      ))}
      {knocks.length > 1 ? (
        <div className="knock-all">
          <Button look="tonal" size="sm" onClick={() => session.ask({ type: 'admit_all' })}>
            {t.admitAll(String(knocks.length))}
          </Button>
          <Button look="quiet" size="sm" onClick={() => session.ask({ type: 'refuse_all' })}>
            {t.refuseAll}
          </Button>
        </div>
      ) : null}
    </section>
  )
}

type DrawerWords = ReturnType<typeof useWords<(typeof drawerWords)['de']>>

function waited(t: Pick<DrawerWords, 'since' | 'seconds' | 'minute' | 'minutes'>, ms: number): string {
  const seconds = Math.floor(ms / 5000) * 5
  if (seconds < 5) return t.since
  if (seconds < 60) return t.seconds(String(seconds))
  const minutes = Math.floor(seconds / 60)
  return minutes === 1 ? t.minute : t.minutes(String(minutes))
}
