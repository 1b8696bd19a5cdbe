// The slide beneath the drawing. While one moves it is a picture of the whole slide, stretched; once the view has
// settled, the part that is seen is drawn anew as sharp as the screen is.
import type { AppState } from '@excalidraw/excalidraw/types'
import type { Slide } from '../../../board/pages'
import { sized } from '../board/live-strokes'
import type { Part, SlideStore } from './slide-store'

type Viewport = Pick<AppState, 'scrollX' | 'scrollY' | 'zoom'>

const SETTLE_MS = 180
/** Pixels across: enough for a slide that fills a screen. */
const WHOLE = 1600
const AGAIN_MS = 4000

export type SlideState = 'none' | 'loading' | 'shown' | 'failed'

export class SlideLayer {
  onState: (state: SlideState) => void = () => undefined
  private slide: Slide | null = null
  private whole: HTMLCanvasElement | null = null
  private sharp: { part: Part; canvas: HTMLCanvasElement } | null = null
  private frame: number | null = null
  private timer: ReturnType<typeof setTimeout> | null = null
  private round = 0

  constructor(
    private readonly canvas: HTMLCanvasElement,
    private readonly viewport: () => Viewport,
    private readonly store: SlideStore,
  ) {}

  /** Shows a page's slide, or none. */
  show(slide: Slide | null): void {
    if (same(slide, this.slide)) return
    this.slide = slide
    this.whole = null
    this.sharp = null
    this.round += 1
    this.onState(slide ? 'loading' : 'none')
    this.redraw()
    if (slide) void this.load(slide, this.round)
  }

  moved = (): void => {
    if (!this.slide) return
    this.redraw()
    if (this.timer !== null) clearTimeout(this.timer)
    this.timer = setTimeout(() => void this.sharpen(), SETTLE_MS)
  }

  close(): void {
    this.round += 1
    if (this.frame !== null) cancelAnimationFrame(this.frame)
    if (this.timer !== null) clearTimeout(this.timer)
  }

  private async load(slide: Slide, round: number): Promise<void> {
    try {
      const whole = await this.store.whole(slide, WHOLE)
      if (round !== this.round) return
      this.whole = whole
      this.onState('shown')
      this.moved()
    } catch {
      if (round !== this.round) return
      this.onState('failed')
      this.timer = setTimeout(() => void this.load(slide, round), AGAIN_MS)
    }
  }

  /** Only what is seen, and only when the picture of the whole is too coarse for it. */
  private async sharpen(): Promise<void> {
    const { slide, round } = this
    if (!slide || !this.whole) return
    const { scrollX, scrollY, zoom } = this.viewport()
    const scale = zoom.value * window.devicePixelRatio
    if (scale * slide.width <= WHOLE * 1.05) {
      this.sharp = null
      return this.redraw()
    }
    const x = Math.max(0, -scrollX)
    const y = Math.max(0, -scrollY)
    const width = Math.min(slide.width, this.canvas.clientWidth / zoom.value - scrollX) - x
    const height = Math.min(slide.height, this.canvas.clientHeight / zoom.value - scrollY) - y
    if (width <= 0 || height <= 0) return
    const part: Part = { x, y, width, height, scale }
    const stale = (): boolean => round !== this.round || !this.near(part)
    const canvas = await this.store.part(slide, part, stale).catch(() => null)
    if (!canvas || stale()) return
    this.sharp = { part, canvas }
    this.redraw()
  }

  private near({ scale }: Part): boolean {
    return Math.abs(this.viewport().zoom.value * window.devicePixelRatio - scale) < 0.001
  }

  private redraw(): void {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null
      this.draw()
    })
  }

  private draw(): void {
    const context = sized(this.canvas)
    const { slide } = this
    if (!context || !slide) return
    const { scrollX, scrollY, zoom } = this.viewport()
    const scale = zoom.value * window.devicePixelRatio
    const at = (x: number, y: number): [number, number] => [
      Math.round((x + scrollX) * scale),
      Math.round((y + scrollY) * scale),
    ]
    const [left, top] = at(0, 0)
    const [width, height] = [slide.width * scale, slide.height * scale]
    context.fillStyle = '#ffffff'
    context.shadowColor = 'rgb(18 48 42 / 0.18)'
    context.shadowBlur = 16 * window.devicePixelRatio
    context.fillRect(left, top, width, height)
    context.shadowBlur = 0
    if (this.whole) context.drawImage(this.whole, left, top, width, height)
    if (this.sharp) {
      const { part, canvas } = this.sharp
      context.drawImage(canvas, ...at(part.x, part.y), part.width * scale, part.height * scale)
    }
  }
}

function same(a: Slide | null, b: Slide | null): boolean {
  return a === b || (a !== null && b !== null && a.file === b.file && a.number === b.number)
}
