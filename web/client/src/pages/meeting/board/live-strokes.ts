// Draws the strokes of others while they grow, and the trails of laser pointers, on a canvas over the board: the scene
// stays untouched, so that thousands of shapes are not drawn anew at every point. Points come in gusts of 25 to 50 ms;
// they are shown at an even pace, a little behind.
import type { AppState } from '@excalidraw/excalidraw/types'
import type { PeerCursor } from '../../../board/elements'
import type { ShownStroke } from '../../../board/strokes'
import { BALL_COLOURS } from '../../../ui'
import { Lasers } from './lasers'
import { isPressed, ribbon } from './ribbon'

type Viewport = Pick<AppState, 'scrollX' | 'scrollY' | 'zoom'>
type Piece = ShownStroke['pieces'][number]

/** Excalidraw's pens are this much wider than their number (perfect-freehand's size, thinned). */
const PEN = 2.4
/** The part of what is still hidden that a frame reveals: nine tenths of a gust within 50 ms at 60 frames a second. */
const PACE = 0.4

export class LiveStrokes {
  private strokes: readonly ShownStroke[] = []
  /** How many points of a stroke are shown, with a fraction of the next. */
  private shown = new Map<string, number>()
  private readonly lasers = new Lasers()
  private frame: number | null = null

  constructor(
    private readonly canvas: HTMLCanvasElement,
    private readonly viewport: () => Viewport,
  ) {}

  show = (strokes: readonly ShownStroke[]): void => {
    if (strokes.length === 0 && this.strokes.length === 0) return
    this.strokes = strokes
    const before = this.shown
    this.shown = new Map(strokes.map(({ id }) => [id, before.get(id) ?? 1]))
    this.redraw()
  }

  point = (cursors: readonly PeerCursor[]): void => {
    if (this.lasers.point(cursors, performance.now())) this.redraw()
  }

  redraw = (): void => {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null
      this.draw()
    })
  }

  close(): void {
    if (this.frame !== null) cancelAnimationFrame(this.frame)
  }

  private draw(): void {
    const context = sized(this.canvas)
    if (!context) return
    const { scrollX, scrollY, zoom } = this.viewport()
    const scale = zoom.value * window.devicePixelRatio
    context.setTransform(scale, 0, 0, scale, scrollX * scale, scrollY * scale)
    context.lineCap = 'round'
    context.lineJoin = 'round'
    let more = false
    for (const stroke of this.strokes) {
      const total = stroke.pieces.reduce((sum, piece) => sum + piece.length, 0)
      const now = this.shown.get(stroke.id) ?? total
      const next = total - now < 0.5 ? total : now + (total - now) * PACE
      this.shown.set(stroke.id, next)
      more ||= next < total
      drawStroke(context, stroke, next)
    }
    for (const trail of this.lasers.trails(performance.now())) {
      more = true
      const colour = BALL_COLOURS[trail.ball % BALL_COLOURS.length] ?? 'pine'
      context.strokeStyle = getComputedStyle(this.canvas).getPropertyValue(`--ball-${colour}`)
      for (const { from, to, strength } of trail.parts) {
        context.globalAlpha = strength
        context.lineWidth = (2 + 4 * strength) / zoom.value
        context.beginPath()
        context.moveTo(...from)
        context.lineTo(...to)
        context.stroke()
      }
    }
    context.globalAlpha = 1
    if (more) this.redraw()
  }
}

/** The canvas, cleared and as large as its place. */
export function sized(canvas: HTMLCanvasElement): CanvasRenderingContext2D | null {
  const context = canvas.getContext('2d')
  if (!context) return null
  const ratio = window.devicePixelRatio
  const width = Math.round(canvas.clientWidth * ratio)
  const height = Math.round(canvas.clientHeight * ratio)
  if (canvas.width !== width || canvas.height !== height) {
    canvas.width = width
    canvas.height = height
  }
  context.setTransform(1, 0, 0, 1, 0, 0)
  context.clearRect(0, 0, width, height)
  return context
}

function drawStroke(context: CanvasRenderingContext2D, stroke: ShownStroke, shown: number): void {
  context.strokeStyle = stroke.colour
  context.fillStyle = stroke.colour
  context.globalAlpha = stroke.opacity / 100
  context.lineWidth = stroke.width * PEN
  let left = shown
  for (const piece of stroke.pieces) {
    drawPiece(context, piece, Math.min(piece.length, left), stroke.width)
    left -= piece.length
    if (left <= 0) return
  }
}

function drawPiece(context: CanvasRenderingContext2D, piece: Piece, count: number, width: number): void {
  const points = begun(piece, count)
  context.beginPath()
  if (isPressed(piece)) {
    ribbon(context, points, width)
    context.fill()
    return
  }
  for (const [x, y] of points) context.lineTo(x, y)
  context.stroke()
}

/** The first `count` points, the last of them on its way to the next when `count` is in between. */
function begun(piece: Piece, count: number): Piece {
  const whole = Math.floor(count)
  const points = piece.slice(0, whole)
  const [last, next] = [piece[whole - 1], piece[whole]]
  const part = count - whole
  if (!last || !next || part <= 0) return points
  const [x, y] = [last[0] + (next[0] - last[0]) * part, last[1] + (next[1] - last[1]) * part]
  return [...points, last[2] === undefined ? [x, y] : [x, y, last[2]]]
}
