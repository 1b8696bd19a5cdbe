// Draws the strokes of others while they grow, on a canvas over the board: the scene stays untouched, so that
// thousands of shapes are not drawn anew at every point.
import type { AppState } from '@excalidraw/excalidraw/types'
import type { ShownStroke } from '../../../board/strokes'

type Viewport = Pick<AppState, 'scrollX' | 'scrollY' | 'zoom'>

/** Excalidraw's pens are this much wider than their number (perfect-freehand's size, thinned). */
const PEN = 2.4

export class LiveStrokes {
  private strokes: readonly ShownStroke[] = []
  private frame: number | null = null

  constructor(
    private readonly canvas: HTMLCanvasElement,
    private readonly viewport: () => Viewport,
  ) {}

  show = (strokes: readonly ShownStroke[]): void => {
    this.strokes = strokes
    this.redraw()
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
    const { canvas } = this
    const context = canvas.getContext('2d')
    if (!context) return
    const ratio = window.devicePixelRatio
    const width = Math.round(canvas.clientWidth * ratio)
    const height = Math.round(canvas.clientHeight * ratio)
    if (canvas.width !== width || canvas.height !== height) {
      canvas.width = width
      canvas.height = height
    }
    context.setTransform(1, 0, 0, 1, 0, 0)
    context.clearRect(0, 0, width, height)
    if (this.strokes.length === 0) return
    const { scrollX, scrollY, zoom } = this.viewport()
    const scale = zoom.value * ratio
    context.setTransform(scale, 0, 0, scale, scrollX * scale, scrollY * scale)
    context.lineCap = 'round'
    context.lineJoin = 'round'
    for (const stroke of this.strokes) this.drawStroke(context, stroke)
  }

  private drawStroke(context: CanvasRenderingContext2D, stroke: ShownStroke): void {
    context.strokeStyle = stroke.colour
    context.globalAlpha = stroke.opacity / 100
    context.lineWidth = stroke.width * PEN
    for (const piece of stroke.pieces) {
      context.beginPath()
      for (const [x, y] of piece) context.lineTo(x, y)
      context.stroke()
    }
  }
}
