// What the board's server says beside the drawing (frames of type 100). Pure.

export type BoardNote =
  /** Everything that client drew below this clock is on the server's disk. */
  | { readonly type: 'saved'; readonly client: number; readonly clock: number }
  /** How long the board is kept; without keeping nothing is ever said to be saved. */
  | { readonly type: 'kept'; readonly policy: 'wipe' | 'days' | 'keep' }
  | ({ readonly type: 'nearly_full' } & Fullness)
  /** Part of what was kept could not be read. */
  | { readonly type: 'damaged' }

/** How full a page is. */
export interface Fullness {
  readonly page: string
  readonly bytes: number
  readonly bytes_max: number
  readonly shapes: number
  readonly shapes_max: number
}

/** Reads a note; null for what is none, or is one of a later server. */
export function noteOf(text: string): BoardNote | null {
  let said: unknown
  try {
    said = JSON.parse(text)
  } catch {
    return null
  }
  if (typeof said !== 'object' || said === null) return null
  const note = said as Record<string, unknown>
  switch (note['type']) {
    case 'saved':
      return numbers(note, 'client', 'clock') ? (note as BoardNote) : null
    case 'kept':
      return policyOf(note['policy'])
    case 'nearly_full':
      return typeof note['page'] === 'string' && numbers(note, 'bytes', 'bytes_max', 'shapes', 'shapes_max')
        ? (note as unknown as BoardNote)
        : null
    case 'damaged':
      return { type: 'damaged' }
    default:
      return null
  }
}

/** From here on people are told, in parts of a hundred. */
export const NEARLY_FULL = 80

/** How full in parts of a hundred, whichever limit is nearer. */
export function percentFull({ bytes, bytes_max, shapes, shapes_max }: Fullness): number {
  return Math.min(100, Math.floor(100 * Math.max(bytes / bytes_max, shapes / shapes_max)))
}

function policyOf(value: unknown): BoardNote | null {
  const policy =
    typeof value === 'object' && value !== null ? (value as Record<string, unknown>)['policy'] : value
  return policy === 'wipe' || policy === 'days' || policy === 'keep' ? { type: 'kept', policy } : null
}

function numbers(note: Record<string, unknown>, ...keys: string[]): boolean {
  return keys.every((key) => typeof note[key] === 'number' && Number.isFinite(note[key]))
}
