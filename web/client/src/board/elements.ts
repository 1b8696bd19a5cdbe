// What the board needs to know of a drawing: enough to sync it, nothing of how it looks. Whole elements travel; the
// last writer wins (web/PROTOCOL.md, section 4).
import { MAIN } from './document'
import { arePressures } from './pressure'

/** An Excalidraw element; all its other fields travel unseen. */
export interface Element {
  readonly id: string
  readonly type: string
  readonly version: number
  readonly versionNonce: number
  readonly isDeleted: boolean
}

type Placed = Pick<Element, 'id'> & { readonly index?: string | null }

/** From the back to the front: a document keeps its entries in no order that means anything. */
export function inOrder<T extends Placed>(elements: T[]): T[] {
  for (let at = 1; at < elements.length; at += 1) {
    const [left, right] = [elements[at - 1], elements[at]]
    if (left && right && before(right, left)) return elements.toSorted((a, b) => (before(a, b) ? -1 : 1))
  }
  return elements
}

function before(a: Placed, b: Placed): boolean {
  const [left, right] = [a.index ?? '', b.index ?? '']
  return left < right || (left === right && a.id < b.id)
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
  /** How hard a pen that feels it is pressed: a character for each of `points`, see `pressure.ts`. */
  readonly pressures?: string
}

/** Whom the server says a cursor belongs to. */
export interface PeerName {
  readonly participant: string
  readonly name: string
  readonly ball: number
}

/** What a pointer points with. */
export type PointerTool = 'pointer' | 'laser'

export interface PeerCursor extends PeerName {
  readonly client: number
  /** Where they look. */
  readonly page: string
  readonly pointer: { readonly x: number; readonly y: number } | null
  readonly button: 'up' | 'down'
  readonly tool: PointerTool
}

/** What somebody sees: the page, the board's point at the middle of their view, and the zoom. */
export interface PeerView {
  readonly page: string
  readonly x: number
  readonly y: number
  readonly zoom: number
}

/** Excalidraw's own limits. */
const ZOOM = { min: 0.1, max: 30 } as const

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
    page: pageIn(state),
    pointer: isNumber(x) && isNumber(y) ? { x, y } : null,
    button: state['button'] === 'down' ? 'down' : 'up',
    tool: state['tool'] === 'laser' ? 'laser' : 'pointer',
  }
}

/** The page that a foreign presence state speaks of; clients that know no pages are on the first. */
export function pageIn(state: unknown): string {
  return isRecord(state) && typeof state['page'] === 'string' ? state['page'] : MAIN
}

/** Reads what somebody shows to those who follow them. */
export function viewOf(state: unknown): PeerView | null {
  if (!isRecord(state) || !isRecord(state['view'])) return null
  const { page, x, y, zoom } = state['view']
  if (typeof page !== 'string' || !isNumber(x) || !isNumber(y) || !isNumber(zoom)) return null
  return { page, x, y, zoom: Math.min(ZOOM.max, Math.max(ZOOM.min, zoom)) }
}

/** Whom the server says a presence state belongs to. */
export function participantOf(state: unknown): string | null {
  if (!isRecord(state) || !isRecord(state['user'])) return null
  const { participant } = state['user']
  return typeof participant === 'string' ? participant : null
}

/** Reads a foreign live stroke. */
export function strokeOf(state: unknown): LiveStroke | null {
  if (!isRecord(state) || !isRecord(state['stroke'])) return null
  const { id, colour, width, opacity, from, points, pressures } = state['stroke']
  if (typeof id !== 'string' || typeof colour !== 'string' || !isNumber(width) || !isNumber(opacity))
    return null
  if (!isNumber(from) || !Array.isArray(points)) return null
  const good = points.filter(
    (point): point is [number, number] => Array.isArray(point) && isNumber(point[0]) && isNumber(point[1]),
  )
  if (good.length !== points.length) return null
  const stroke = { id, colour, width, opacity, from, points: good }
  return arePressures(pressures, good.length) ? { ...stroke, pressures } : stroke
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value)
}
