// Where laser pointers have been a moment ago. Pure: time is an argument.
import type { PeerCursor } from '../../../board/elements'

/** A trail fades in so long. */
export const TRAIL_MS = 900
const POINTS_MAX = 80

type Spot = readonly [number, number]
interface Mark {
  readonly spot: Spot
  readonly at: number
}

export interface Trail {
  readonly ball: number
  readonly parts: readonly { readonly from: Spot; readonly to: Spot; readonly strength: number }[]
}

export class Lasers {
  private readonly marks = new Map<number, { ball: number; marks: Mark[] }>()

  /** Takes in where everybody points now; tells whether anything is to be drawn. */
  point(cursors: readonly PeerCursor[], now: number): boolean {
    for (const { client, ball, pointer, button, tool } of cursors) {
      if (tool !== 'laser' || button !== 'down' || !pointer) continue
      const trail = this.marks.get(client) ?? { ball, marks: [] }
      const last = trail.marks.at(-1)?.spot
      if (last && last[0] === pointer.x && last[1] === pointer.y) continue
      trail.marks.push({ spot: [pointer.x, pointer.y], at: now })
      if (trail.marks.length > POINTS_MAX) trail.marks.shift()
      this.marks.set(client, trail)
    }
    return this.marks.size > 0
  }

  trails(now: number): readonly Trail[] {
    const trails: Trail[] = []
    for (const [client, { ball, marks }] of this.marks) {
      const fresh = marks.filter(({ at }) => now - at < TRAIL_MS)
      if (fresh.length === 0) {
        this.marks.delete(client)
        continue
      }
      this.marks.set(client, { ball, marks: fresh })
      const parts = fresh.map(({ spot, at }, index) => ({
        from: fresh[index - 1]?.spot ?? spot,
        to: spot,
        strength: 1 - (now - at) / TRAIL_MS,
      }))
      trails.push({ ball, parts })
    }
    return trails
  }
}
