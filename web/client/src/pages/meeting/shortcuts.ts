// Which key does what, and where it must not. Pure.

export type KeyAction = 'microphone' | 'camera' | 'screen' | 'board' | 'knock' | 'help' | 'talk'

/** Where the key was pressed. */
export type KeyPlace =
  /** The page itself. */
  | 'page'
  /** A button, link or the like: Space presses it. */
  | 'control'
  /** The board, which has keys of its own for its tools. */
  | 'board'
  /** A text field, anywhere. */
  | 'text'

export interface KeyPress {
  readonly key: string
  readonly code: string
  readonly repeat: boolean
  readonly ctrlKey: boolean
  readonly altKey: boolean
  readonly metaKey: boolean
}

const KEYS: Readonly<Record<string, KeyAction>> = {
  m: 'microphone',
  v: 'camera',
  d: 'screen',
  w: 'board',
  k: 'knock',
  '?': 'help',
}

export function keyAction(press: KeyPress, place: KeyPlace): KeyAction | null {
  if (place === 'text' || press.repeat || press.ctrlKey || press.altKey || press.metaKey) return null
  if (press.code === 'Space') return place === 'page' ? 'talk' : null
  const action = KEYS[press.key.toLowerCase()] ?? null
  // On the board only muting: V, D and K are its tools there, and ? is its own help.
  return place === 'board' && action !== 'microphone' ? null : action
}

/** Where an element stands. */
export function placeOf(target: EventTarget | null): KeyPlace {
  if (!(target instanceof Element)) return 'page'
  if (
    target.closest('input:not([type=range], [type=checkbox], [type=radio]), textarea, [contenteditable=true]')
  ) {
    return 'text'
  }
  // A dialog has the keys to itself.
  if (target.closest('[role=dialog], [role=menu]')) return 'text'
  if (target.closest('.board')) return 'board'
  return target.closest('button, a, select, input, summary') ? 'control' : 'page'
}
