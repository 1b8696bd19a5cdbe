// What the board needs to know of a drawing: enough to sync it, nothing of how it looks. Whole elements travel; the
// last writer wins (web/PROTOCOL.md, section 4).

/** An Excalidraw element; all its other fields travel unseen. */
export interface Element {
  readonly id: string
  readonly type: string
  readonly version: number
  readonly versionNonce: number
  readonly isDeleted: boolean
}

/** A picture on the board. */
export interface BoardFile {
  readonly id: string
  readonly mimeType: string
  readonly dataURL: string
  readonly created: number
}

/** A free-hand stroke while it is being drawn, in the board's coordinates. */
export interface LiveStroke {
  readonly id: string
  readonly colour: string
  readonly width: number
  readonly opacity: number
  /** Index of the first of `points` in the whole stroke. */
  readonly from: number
  readonly points: readonly (readonly [number, number])[]
}

/** Whom the server says a cursor belongs to. */
export interface PeerName {
  readonly participant: string
  readonly name: string
  readonly ball: number
}

export interface PeerCursor extends PeerName {
  readonly client: number
  readonly pointer: { readonly x: number; readonly y: number } | null
  readonly button: 'up' | 'down'
}

/** Reads a foreign presence state, of which nothing is certain. */
export function cursorOf(client: number, state: unknown): PeerCursor | null {
  if (!isRecord(state) || !isRecord(state['user'])) return null
  const { participant, name, ball } = state['user']
  if (typeof participant !== 'string' || typeof name !== 'string') return null
  const pointer = isRecord(state['pointer']) ? state['pointer'] : {}
  const { x, y } = pointer
  return {
    client,
    participant,
    name,
    ball: typeof ball === 'number' ? ball : 0,
    pointer: isNumber(x) && isNumber(y) ? { x, y } : null,
    button: state['button'] === 'down' ? 'down' : 'up',
  }
}

/** Reads a foreign live stroke. */
export function strokeOf(state: unknown): LiveStroke | null {
  if (!isRecord(state) || !isRecord(state['stroke'])) return null
  const { id, colour, width, opacity, from, points } = state['stroke']
  if (typeof id !== 'string' || typeof colour !== 'string' || !isNumber(width) || !isNumber(opacity))
    return null
  if (!isNumber(from) || !Array.isArray(points)) return null
  const good = points.filter(
    (point): point is [number, number] => Array.isArray(point) && isNumber(point[0]) && isNumber(point[1]),
  )
  return good.length === points.length ? { id, colour, width, opacity, from, points: good } : null
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value)
}
