import { Undo2 } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import type { BoardStatus } from '../../../board/connection'
import { percentFull, type Fullness } from '../../../board/notes'
import { useWords } from '../../../i18n'
import { Button, Rolling } from '../../../ui'
import { useLasting, useSeen } from '../../door/use-lasting'
import { boardWords } from '../words'

/** Something was done that is easily regretted. */
export interface Undoable {
  readonly sentence: string
}

interface BoardNoticeProps {
  status: BoardStatus
  synced: boolean
  /** Why this person only watches, if so; an empty board says it in its middle. */
  watching: string | null
  undoable: Undoable | null
  nearlyFull: Fullness | null
  damaged: boolean
  onReopen: () => void
  onUndo: () => void
  onSeen: () => void
}

const SEEN_AFTER_MS = 10_000

/** A sentence at the board's foot, clear of its tools. */
export function BoardNotice(props: BoardNoticeProps): ReactNode {
  const { status, synced, watching, undoable, nearlyFull, damaged, onReopen, onUndo, onSeen } = props
  const t = useWords(boardWords)
  const lost = useLasting(status === 'lost', 1500)
  const [understood, setUnderstood] = useState('')
  useSeen(undoable, SEEN_AFTER_MS, onSeen)
  if (!synced && (status === 'connecting' || status === 'lost')) {
    return (
      <div className="board-note">
        <Rolling>{t.loading}</Rolling>
      </div>
    )
  }
  return (
    <div className="board-foot" role="status">
      {foot()}
    </div>
  )

  function foot(): ReactNode {
    switch (status) {
      case 'full':
      case 'broken':
      case 'elsewhere':
        return (
          <p className="notice bad">
            <span className="grow">{t[status]}</span>
            <Button look="quiet" size="sm" onClick={onReopen}>
              {status === 'elsewhere' ? t.here : t.reload}
            </Button>
          </p>
        )
      case 'lost':
        return lost ? <p className="notice warn">{t.lost}</p> : null
      case 'connecting':
      case 'open':
        if (undoable) {
          return (
            <p className="notice">
              <span className="grow">{undoable.sentence}</span>
              <Button look="quiet" size="sm" onClick={onUndo}>
                <Undo2 className="i" aria-hidden />
                {t.undo}
              </Button>
            </p>
          )
        }
        if (damaged && understood !== 'damaged') return told('damaged', t.damaged)
        if (nearlyFull) {
          const percent = String(percentFull(nearlyFull))
          if (understood !== percent) return told(percent, t.nearlyFull(percent))
        }
        return watching === null ? null : <p className="notice">{watching}</p>
    }
  }

  /** Stays until somebody has read it. */
  function told(what: string, sentence: string): ReactNode {
    return (
      <p className="notice warn">
        <span className="grow">{sentence}</span>
        <Button look="quiet" size="sm" onClick={() => setUnderstood(what)}>
          {t.understood}
        </Button>
      </p>
    )
  }
}
