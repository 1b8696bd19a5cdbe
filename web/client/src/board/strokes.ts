// Live strokes: what others draw right now, before it is committed. Presence carries only a stroke's newest points,
// since sending the whole stroke at every step is quadratic; each message repeats some, so that a merged frame
// loses nothing. Pure.
import type { LiveStroke } from './elements'
import { pressureAt, pressuresIn } from './pressure'

/** Points per message: about eight frames at 50 ms and 60 points a second. */
export const TAIL = 48

/** With its pressure, from 0 to 1, where the pen feels it. */
export type Point = readonly [x: number, y: number, pressure?: number]

/**
 * The message for a stroke of which these are all points so far, relative to (x, y), and how hard each was pressed:
 * `pressures` is empty for a mouse or a finger.
 */
export function tail(
  stroke: Omit<LiveStroke, 'from' | 'points' | 'pressures'>,
  x: number,
  y: number,
  points: readonly (readonly [number, number])[],
  pressures: readonly number[] = [],
): LiveStroke {
  const from = Math.max(0, points.length - TAIL)
  const newest = points.slice(from).map(([px, py]) => [round(x + px), round(y + py)] as const)
  const felt = pressures.length === points.length && { pressures: pressuresIn(pressures.slice(from)) }
  return { ...stroke, from, points: newest, ...felt }
}

/** A stroke as it is shown: pieces, because a gap is not bridged. */
export interface ShownStroke {
  readonly id: string
  readonly colour: string
  readonly width: number
  readonly opacity: number
  readonly pieces: readonly (readonly Point[])[]
}

interface Growing {
  id: string
  colour: string
  width: number
  opacity: number
  length: number
  pieces: Point[][]
}

export class StrokeBook {
  private readonly growing = new Map<number, Growing>()

  /** What a client's presence says now; null is no stroke. Returns whether anything is to be redrawn. */
  heard(client: number, stroke: LiveStroke | null): boolean {
    const known = this.growing.get(client)
    // An ended stroke stays until its element arrives: `committed` or `gone` takes it.
    if (!stroke) return false
    if (known?.id !== stroke.id) {
      const { id, colour, width, opacity, from, points } = stroke
      const pieces = [pressed(stroke)]
      this.growing.set(client, { id, colour, width, opacity, length: from + points.length, pieces })
      return true
    }
    const fresh = pressed(stroke).slice(Math.max(0, known.length - stroke.from))
    if (fresh.length === 0) return false
    if (stroke.from > known.length) known.pieces.push(fresh)
    else known.pieces.at(-1)?.push(...fresh)
    known.length = stroke.from + stroke.points.length
    return true
  }

  /** The element is on the board now: it draws itself. */
  committed(id: string): boolean {
    for (const [client, stroke] of this.growing) {
      if (stroke.id === id) return this.growing.delete(client)
    }
    return false
  }

  has(client: number): boolean {
    return this.growing.has(client)
  }

  /** The client has gone, or gave its stroke up. */
  gone(client: number): boolean {
    return this.growing.delete(client)
  }

  shown(): readonly ShownStroke[] {
    return [...this.growing.values()]
  }
}

function pressed({ points, pressures }: LiveStroke): Point[] {
  return points.map((point, at) => {
    const pressure = pressureAt(pressures, at)
    return pressure === undefined ? point : [...point, pressure]
  })
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
