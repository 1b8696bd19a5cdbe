// What lies over and under the scene and follows its viewport: strokes, cursors and lasers of others, the paper.
import type { AppState, ExcalidrawImperativeAPI } from '@excalidraw/excalidraw/types'
import type { PeerCursor, PeerView } from '../../../board/elements'
import type { Others } from '../../../board/presence'
import type { ShownStroke } from '../../../board/strokes'
import { Cursors } from './cursors'
import { LiveStrokes } from './live-strokes'

export class Over implements Others {
  /** Whether somebody is drawing a stroke right now. */
  onDrawing: (some: boolean) => void = () => undefined
  onView: (view: PeerView | null) => void = () => undefined
  /** The viewport moved, by hand or by ourselves. */
  onMoved: (viewport: Pick<AppState, 'scrollX' | 'scrollY' | 'zoom'>) => void = () => undefined
  private readonly strokes: LiveStrokes
  private readonly cursors: Cursors
  private readonly ends: (() => void)[]

  constructor(
    api: ExcalidrawImperativeAPI,
    private readonly frame: HTMLElement,
    canvas: HTMLCanvasElement,
    box: HTMLElement,
  ) {
    const viewport = (): AppState => api.getAppState()
    this.strokes = new LiveStrokes(canvas, viewport)
    this.cursors = new Cursors(box, viewport)
    // A drawer that opens moves the board without resizing the window.
    const observer = new ResizeObserver(() => {
      api.refresh()
      this.redraw()
    })
    observer.observe(frame)
    this.ends = [
      api.onScrollChange((scrollX, scrollY, zoom) => this.moved({ scrollX, scrollY, zoom })),
      () => observer.disconnect(),
      () => this.strokes.close(),
      () => this.cursors.close(),
    ]
    this.moved(viewport())
  }

  showCursors(cursors: readonly PeerCursor[]): void {
    this.cursors.show(cursors)
    this.strokes.point(cursors)
  }

  showStrokes(strokes: readonly ShownStroke[]): void {
    this.strokes.show(strokes)
    this.onDrawing(strokes.length > 0)
  }

  showView(view: PeerView | null): void {
    this.onView(view)
  }

  close(): void {
    for (const end of this.ends) end()
  }

  private moved(viewport: Pick<AppState, 'scrollX' | 'scrollY' | 'zoom'>): void {
    const { scrollX, scrollY, zoom } = viewport
    const { style } = this.frame
    style.setProperty('--board-x', `${scrollX * zoom.value}px`)
    style.setProperty('--board-y', `${scrollY * zoom.value}px`)
    style.setProperty('--board-zoom', String(paperZoom(zoom.value)))
    this.redraw()
    this.onMoved(viewport)
  }

  private redraw(): void {
    this.strokes.redraw()
    this.cursors.redraw()
  }
}

/** Paper is drawn coarser when it would be too fine to see. */
function paperZoom(zoom: number): number {
  let shown = zoom
  while (shown < 0.5) shown *= 2
  while (shown > 3) shown /= 2
  return shown
}
