// A room being changed: shown at once, sent one change after the other, taken back when the server refuses.
import { useCallback, useRef, useState } from 'react'
import {
  changeRoom,
  faultWords,
  getRoom,
  useAsk,
  type ApiError,
  type Room,
  type RoomChanges,
} from '../../api'
import { undoOf } from './edits'

/** Which setting a sentence belongs to. */
export type Setting = keyof RoomChanges

export interface RoomEditor {
  room: Room | undefined
  fault: ApiError | undefined
  again: () => void
  /** Puts the server's own answer in, for instance after a new link. */
  put: (room: Room) => void
  change: (changes: RoomChanges) => void
  state: 'untouched' | 'saving' | 'saved'
  /** What the last refusal was about. */
  refused: { settings: readonly string[]; sentence: string } | null
  /** Takes the last saved change back; null when there is none. */
  undo: (() => void) | null
}

export function useRoomEditor(id: string): RoomEditor {
  const question = useCallback((signal?: AbortSignal) => getRoom(id, signal), [id])
  const { answer: room, fault, again, put } = useAsk(question)
  const [state, setState] = useState<RoomEditor['state']>('untouched')
  const [refused, setRefused] = useState<RoomEditor['refused']>(null)
  const [undoing, setUndoing] = useState<RoomChanges | null>(null)
  const queue = useRef(Promise.resolve())
  const pending = useRef(0)

  const send = async (changes: RoomChanges, back: RoomChanges | null): Promise<void> => {
    try {
      const answer = await changeRoom(id, changes)
      pending.current -= 1
      setUndoing(back)
      if (pending.current > 0) return
      put(answer)
      setState('saved')
    } catch (cause) {
      pending.current -= 1
      setState('untouched')
      setRefused({ settings: Object.keys(changes), sentence: faultWords(cause) })
      again()
    }
  }
  const enqueue = (changes: RoomChanges, isUndo: boolean): void => {
    if (!room) return
    const back = isUndo ? null : undoOf(room, changes)
    put({ ...room, ...changes })
    setState('saving')
    setRefused(null)
    pending.current += 1
    queue.current = queue.current.then(() => send(changes, back))
  }
  return {
    room,
    fault,
    again,
    put,
    change: (changes) => enqueue(changes, false),
    state,
    refused,
    undo: undoing && state === 'saved' ? () => enqueue(undoing, true) : null,
  }
}
