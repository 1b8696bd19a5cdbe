// Where the board stands. It is fetched only when somebody first looks at it, and stays from then on.
import { Component, lazy, Suspense, useState, type ReactNode } from 'react'
import type { Session } from '../../call/session'
import { useWords } from '../../i18n'
import { Button, Notice, Rolling } from '../../ui'
import { useStore } from '../door/use-store'
import type { Visit } from '../door/visit'
import { boardWords, meetingWords } from './words'

declare global {
  interface Window {
    /** Where Excalidraw looks for its fonts; must be there before it is loaded. */
    EXCALIDRAW_ASSET_PATH?: string
  }
}

const fetchBoard = () =>
  lazy(() => {
    window.EXCALIDRAW_ASSET_PATH = '/excalidraw/'
    return import('./board')
  })

interface BoardPaneProps {
  visit: Visit
  session: Session
  visible: boolean
}

export function BoardPane({ visit, session, visible }: BoardPaneProps): ReactNode {
  const t = useWords(boardWords)
  const m = useWords(meetingWords)
  const { board, mayDraw } = useStore(session.meeting)
  const [seen, setSeen] = useState(visible)
  const [attempt, setAttempt] = useState(() => ({ Board: fetchBoard(), number: 0 }))
  if (visible && !seen) setSeen(true)
  if (!board || !seen) return null
  const { Board, number } = attempt
  return (
    <section className="board" aria-label={m.board} hidden={!visible}>
      <Caught
        key={number}
        fallback={
          <div className="board-note">
            <Notice look="bad">{t.failed}</Notice>
            <Button onClick={() => setAttempt({ Board: fetchBoard(), number: number + 1 })}>{t.retry}</Button>
          </div>
        }
      >
        <Suspense
          fallback={
            <div className="board-note">
              <Rolling>{t.loading}</Rolling>
            </div>
          }
        >
          <Board visit={visit} session={session} ticket={board} mayDraw={mayDraw} visible={visible} />
        </Suspense>
      </Caught>
    </section>
  )
}

/** A board that breaks does not take the call with it. */
class Caught extends Component<{ fallback: ReactNode; children: ReactNode }, { broken: boolean }> {
  override state = { broken: false }

  static getDerivedStateFromError(): { broken: boolean } {
    return { broken: true }
  }

  override render(): ReactNode {
    return this.state.broken ? this.props.fallback : this.props.children
  }
}
