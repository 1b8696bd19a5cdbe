// What this page shows, as the server is told: it sends what is shown, as large as it is shown, and nothing else.
// Pure: places and switches in, a list out.
import type { ShownTile } from '../signalling/protocol'

/** A tile of somebody else and the room it has on the page, in CSS pixels. */
export interface TilePlace {
  readonly participant: string
  readonly kind: ShownTile['kind']
  readonly width: number
  readonly height: number
  readonly pinned: boolean
}

/** The protocol's limit for a list. */
const MOST = 256
/** Wider than any screen; keeps odd zoom factors harmless. */
const LARGEST = 8192

/** In device pixels. Tiles without any room are hidden like those that are not named. */
export function shownTiles(places: readonly TilePlace[], pixelRatio: number): ShownTile[] {
  const pixels = (length: number): number => Math.min(LARGEST, Math.round(length * pixelRatio))
  return places
    .map(({ participant, kind, width, height, pinned }) => ({
      participant,
      kind,
      width: pixels(width),
      height: pixels(height),
      pinned,
    }))
    .filter(({ width, height }) => width > 0 && height > 0)
    .slice(0, MOST)
}

/** Two lists that mean the same, whatever their order. */
export function sameView(a: readonly ShownTile[], b: readonly ShownTile[]): boolean {
  if (a.length !== b.length) return false
  const told = new Set(a.map(key))
  return b.every((tile) => told.has(key(tile)))
}

function key({ participant, kind, width, height, pinned }: ShownTile): string {
  return `${participant} ${kind} ${width} ${height} ${pinned}`
}
