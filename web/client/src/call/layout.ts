// Where the tiles go: fills a rectangle with n equal tiles so that the faces become as large as possible. Pure.

export interface Rect {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

export const GAP = 8
/** A tile is cropped to the face, never to a slit. */
const NARROWEST = 0.72
const WIDEST = 1.9

/** `n` tiles in a width × height rectangle, row by row; the last row is centred. */
export function layout(n: number, width: number, height: number, gap = GAP): Rect[] {
  if (n <= 0 || width <= 0 || height <= 0) return []
  let best = grid(n, 1, width, height, gap)
  for (let columns = 2; columns <= n; columns += 1) {
    const candidate = grid(n, columns, width, height, gap)
    if (candidate.face > best.face) best = candidate
  }
  return place(n, best, width, height, gap)
}

export interface StageLayout {
  readonly large: readonly Rect[]
  readonly small: readonly Rect[]
}

/** Shared screens and pinned people get the greater part, the others a strip at the longer side's end. */
export function stageLayout(
  screens: number,
  pinned: number,
  small: number,
  width: number,
  height: number,
  gap = GAP,
): StageLayout {
  const large = screens + pinned
  if (large === 0) return { large: [], small: layout(small, width, height, gap) }
  if (small === 0) return { large: layout(large, width, height, gap), small: [] }
  const beside = width >= height * 1.2
  const share = beside
    ? Math.min(260, width * 0.24)
    : Math.min(height * 0.45, Math.max(height * 0.28, screens === 0 ? 0 : height - width * 0.62 * large))
  const [w, h] = beside ? [width - share - gap, height] : [width, height - share - gap]
  const shifted = (rect: Rect): Rect =>
    beside ? { ...rect, x: rect.x + w + gap } : { ...rect, y: rect.y + h + gap }
  return {
    large: layout(large, w, h, gap),
    small: (beside ? layout(small, share, height, gap) : layout(small, width, share, gap)).map(shifted),
  }
}

interface Grid {
  readonly columns: number
  readonly rows: number
  readonly width: number
  readonly height: number
  readonly face: number
}

function grid(n: number, columns: number, width: number, height: number, gap: number): Grid {
  const rows = Math.ceil(n / columns)
  const cellWidth = Math.max(1, (width - gap * (columns - 1)) / columns)
  const cellHeight = Math.max(1, (height - gap * (rows - 1)) / rows)
  const tileWidth = Math.min(cellWidth, cellHeight * WIDEST)
  const tileHeight = Math.min(cellHeight, cellWidth / NARROWEST)
  return { columns, rows, width: tileWidth, height: tileHeight, face: tileWidth * tileHeight }
}

function place(
  n: number,
  { columns, rows, width: w, height: h }: Grid,
  width: number,
  height: number,
  gap: number,
): Rect[] {
  const top = (height - rows * h - (rows - 1) * gap) / 2
  return Array.from({ length: n }, (_, index) => {
    const row = Math.floor(index / columns)
    const inRow = Math.min(columns, n - row * columns)
    const left = (width - inRow * w - (inRow - 1) * gap) / 2
    return { x: left + (index % columns) * (w + gap), y: top + row * (h + gap), width: w, height: h }
  })
}
