import { RefreshCw } from 'lucide-react'
import type { ReactNode } from 'react'
import restart from '../../art/restart.svg?raw'
import { useWords } from '../../i18n'
import { Button, LinkButton, Rolling } from '../../ui'
import { ErrorPage } from './error-page'
import { errorWords } from './words'

interface ServerRestartingProps {
  /** Where one comes back to, when that is known. */
  room?: string
  /** Seconds since the last try. */
  askedSecondsAgo?: number
  onNow: () => void
}

/** The server is being updated; the call comes back by itself. */
export function ServerRestarting({ room, askedSecondsAgo, onNow }: ServerRestartingProps): ReactNode {
  const t = useWords(errorWords)
  const { restart: own } = t
  return (
    <ErrorPage title={own.title} headline={own.headline} art={restart}>
      <p className="lead">
        {room ? (
          <>
            {own.leadTo[0]}
            <b>{room}</b>
            {own.leadTo[1]}
          </>
        ) : (
          own.lead
        )}
      </p>
      <div className="roll-on">
        <Rolling announce={false}>{askedSecondsAgo ? own.asked(askedSecondsAgo) : own.asking}</Rolling>
      </div>
      <div className="do">
        <Button look="tonal" onClick={onNow}>
          <RefreshCw className="i" aria-hidden />
          {own.now}
        </Button>
        <LinkButton look="quiet" href="/">
          {t.home}
        </LinkButton>
      </div>
    </ErrorPage>
  )
}
