// The cursors of others, named and in their ball's colour (Excalidraw picks pale colours of its own by hash).
// Plain elements over the board: they move without drawing the scene anew.
import type { AppState } from '@excalidraw/excalidraw/types'
import type { PeerCursor } from '../../../board/elements'
import { BALL_COLOURS } from '../../../ui'

const ARROW = 'M1 1l5.5 14 2.3-6 6-2.3z'
const SVG = 'http://www.w3.org/2000/svg'

export class Cursors {
  private cursors: readonly PeerCursor[] = []
  private readonly marks = new Map<number, HTMLElement>()
  private frame: number | null = null

  constructor(
    private readonly box: HTMLElement,
    private readonly viewport: () => Pick<AppState, 'scrollX' | 'scrollY' | 'zoom'>,
  ) {}

  show = (cursors: readonly PeerCursor[]): void => {
    this.cursors = cursors.filter((cursor) => cursor.pointer !== null)
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
    this.box.replaceChildren()
  }

  private draw(): void {
    const { scrollX, scrollY, zoom } = this.viewport()
    const here = new Set<number>()
    for (const cursor of this.cursors) {
      if (!cursor.pointer) continue
      here.add(cursor.client)
      const mark = this.marks.get(cursor.client) ?? this.made(cursor)
      const x = (cursor.pointer.x + scrollX) * zoom.value
      const y = (cursor.pointer.y + scrollY) * zoom.value
      mark.style.transform = `translate(${x}px, ${y}px)`
    }
    for (const [client, mark] of this.marks) {
      if (here.has(client)) continue
      mark.remove()
      this.marks.delete(client)
    }
  }

  private made({ client, name, ball }: PeerCursor): HTMLElement {
    const mark = document.createElement('div')
    mark.className = `cursor ball-${BALL_COLOURS[ball % BALL_COLOURS.length] ?? 'pine'}`
    const arrow = document.createElementNS(SVG, 'svg')
    arrow.setAttribute('viewBox', '0 0 16 16')
    const path = document.createElementNS(SVG, 'path')
    path.setAttribute('d', ARROW)
    arrow.append(path)
    const label = document.createElement('span')
    // Text, never markup.
    label.textContent = name
    mark.append(arrow, label)
    this.box.append(mark)
    this.marks.set(client, mark)
    return mark
  }
}
