import { Check, CloudUpload } from 'lucide-react'
import type { ReactNode } from 'react'
import type { BoardState } from '../../../board/connection'
import type { Desk } from '../../../board/desk'
import type { Store } from '../../../call/store'
import { useWords } from '../../../i18n'
import { useLasting } from '../../door/use-lasting'
import { useStore } from '../../door/use-store'
import { boardWords } from '../words'

/** Says, where boards are kept, that what one drew is on the server's disk. */
export function SavedMark({ desk, state }: { desk: Desk; state: Store<BoardState> }): ReactNode {
  const t = useWords(boardWords)
  const { kept } = useStore(state)
  const unsaved = useStore(desk.ledger.unsaved)
  // It is on its way all the time while somebody draws; only when it takes long there is something to say.
  const late = useLasting(unsaved, 1500)
  if (kept === null || kept === 'wipe') return null
  return (
    <span className="saved" role="status" title={late ? t.saving : t.saved}>
      {late ? <CloudUpload className="i" aria-hidden /> : <Check className="i" aria-hidden />}
      <span className="saved-words">{late ? t.saving : t.saved}</span>
    </span>
  )
}
