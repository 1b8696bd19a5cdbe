// Where a pen draws, fingers do not: Excalidraw takes no touch for a stroke from then on (its pen mode), and does nothing
// with one finger at all. Here one finger moves the board, as paper is moved, except while the pen is on it: then it is
// the hand that holds the pen. Two fingers are Excalidraw's.
import type { AppState, ExcalidrawImperativeAPI } from '@excalidraw/excalidraw/types'

/** A finger that moves less far, in pixels, rests. */
const STILL = 8
/** With these, and where one only watches, Excalidraw has a use for a finger itself. */
const TOUCHED: ReadonlySet<string> = new Set(['selection', 'text', 'image', 'hand'])

interface Spot {
  readonly x: number
  readonly y: number
}

export class Palm {
  private readonly fingers = new Map<number, Spot>()
  private readonly pens = new Set<number>()
  private moving = false

  constructor(
    private readonly api: ExcalidrawImperativeAPI,
    private readonly frame: HTMLElement,
  ) {
    frame.addEventListener('pointerdown', this.down, true)
    window.addEventListener('pointermove', this.move, true)
    window.addEventListener('pointerup', this.up, true)
    window.addEventListener('pointercancel', this.up, true)
  }

  close(): void {
    this.frame.removeEventListener('pointerdown', this.down, true)
    window.removeEventListener('pointermove', this.move, true)
    window.removeEventListener('pointerup', this.up, true)
    window.removeEventListener('pointercancel', this.up, true)
  }

  private readonly down = (event: PointerEvent): void => {
    if (event.pointerType === 'pen') this.pens.add(event.pointerId)
    else if (event.pointerType === 'touch' && event.target instanceof HTMLCanvasElement)
      this.fingers.set(event.pointerId, spotOf(event))
    this.moving = false
  }

  private readonly move = (event: PointerEvent): void => {
    const from = this.fingers.get(event.pointerId)
    if (!from) return
    const to = spotOf(event)
    if (!this.alone()) return void this.fingers.set(event.pointerId, to)
    this.moving ||= Math.hypot(to.x - from.x, to.y - from.y) >= STILL
    if (!this.moving) return
    this.fingers.set(event.pointerId, to)
    const { scrollX, scrollY, zoom } = this.api.getAppState()
    const shifted = {
      scrollX: scrollX + (to.x - from.x) / zoom.value,
      scrollY: scrollY + (to.y - from.y) / zoom.value,
    }
    this.api.updateScene({ appState: shifted as AppState })
  }

  private readonly up = (event: PointerEvent): void => {
    this.pens.delete(event.pointerId)
    this.fingers.delete(event.pointerId)
    this.moving = false
  }

  private alone(): boolean {
    const { penMode, viewModeEnabled, activeTool } = this.api.getAppState()
    const ours = penMode && !viewModeEnabled && !TOUCHED.has(activeTool.type)
    return ours && this.fingers.size === 1 && this.pens.size === 0
  }
}

function spotOf({ clientX, clientY }: PointerEvent): Spot {
  return { x: clientX, y: clientY }
}
