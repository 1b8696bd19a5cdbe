// Who is where on the board, and what they draw right now. Ours goes out at most every 50 ms, at once when a stroke
// ends; those of others are shown once a frame, however many messages came. Knows awareness, but no canvas.
import type { Awareness } from 'y-protocols/awareness'
import { SEND_EVERY_MS, type Timing } from './binding'
import {
  cursorOf,
  pageIn,
  participantOf,
  strokeOf,
  viewOf,
  type LiveStroke,
  type PeerCursor,
  type PeerView,
  type PointerTool,
} from './elements'
import { StrokeBook, type ShownStroke } from './strokes'

/** Where others are shown. */
export interface Others {
  showCursors(cursors: readonly PeerCursor[]): void
  showStrokes(strokes: readonly ShownStroke[]): void
  /** What the presenter shows to those who follow; null when they do not lead. */
  showView(view: PeerView | null): void
}

/** A stroke that ended without an element is taken away after this. */
const STALE_STROKE_MS = 1000

interface Own {
  page: string
  pointer?: { x: number; y: number }
  button?: 'up' | 'down'
  tool?: PointerTool
  stroke: LiveStroke | null
  view?: PeerView
}

export class Presence {
  private readonly book = new StrokeBook()
  private own: Own
  private told = ''
  private presenter: string | null = null
  private cancelSend: (() => void) | null = null
  private cancelShow: (() => void) | null = null
  private readonly cancels = new Set<() => void>()

  constructor(
    private readonly awareness: Awareness,
    private page: string,
    private readonly others: Others,
    private readonly timing: Timing,
    /** Whether an element is on the page: then its stroke is over. */
    private readonly onPage: (id: string) => boolean,
    /** What we show already to those who follow us: they would stop, if it were gone for a moment. */
    view: PeerView | null = null,
  ) {
    this.own = { page, stroke: null, ...(view && { view }) }
    awareness.on('change', this.heard)
    this.heard({ added: [...awareness.getStates().keys()], updated: [], removed: [] })
    this.send()
  }

  pointed(pointer: { x: number; y: number }, button: 'up' | 'down', tool: PointerTool): void {
    this.own = { ...this.own, pointer: { x: round(pointer.x), y: round(pointer.y) }, button, tool }
    this.schedule()
  }

  /** After the element was written, so that nobody sees the stroke vanish in between. */
  drawn(stroke: LiveStroke | null): void {
    const lifted = this.own.stroke !== null && stroke === null
    if (stroke === null && this.own.stroke === null) return
    this.own = { ...this.own, stroke }
    if (lifted) this.send()
    else this.schedule()
  }

  /** What we show to those who follow us; null ends it. */
  lead(view: PeerView | null): void {
    const { view: _, ...rest } = this.own
    this.own = view ? { ...rest, view } : rest
    this.schedule()
  }

  /** Whose view is shown: the presenter's. */
  follow(presenter: string | null): void {
    this.presenter = presenter
    this.show()
  }

  /** These elements are on the page now: they draw themselves. */
  committed(ids: readonly string[]): void {
    if (ids.map((id) => this.book.committed(id)).includes(true)) this.show()
  }

  close(): void {
    this.cancelSend?.()
    this.cancelShow?.()
    for (const cancel of this.cancels) cancel()
    this.awareness.off('change', this.heard)
  }

  private schedule(): void {
    this.cancelSend ??= this.timing.after(SEND_EVERY_MS, () => this.send())
  }

  private send(): void {
    this.cancelSend?.()
    this.cancelSend = null
    const json = JSON.stringify(this.own)
    if (json === this.told) return
    this.told = json
    this.awareness.setLocalState({ ...this.own })
  }

  private readonly heard = (change: {
    added: readonly number[]
    updated: readonly number[]
    removed: readonly number[]
  }): void => {
    const { awareness } = this
    for (const client of change.removed) this.book.gone(client)
    for (const client of [...change.added, ...change.updated]) {
      if (client === awareness.clientID) continue
      const state: unknown = awareness.getStates().get(client)
      const stroke = pageIn(state) === this.page ? strokeOf(state) : null
      if (stroke && this.onPage(stroke.id)) continue
      this.book.heard(client, stroke)
      if (!stroke) this.expire(client)
    }
    this.cancelShow ??= this.timing.frame(() => this.show())
  }

  private show(): void {
    this.cancelShow?.()
    this.cancelShow = null
    const { awareness } = this
    const cursors: PeerCursor[] = []
    let view: PeerView | null = null
    for (const [client, state] of awareness.getStates()) {
      if (client === awareness.clientID) continue
      if (this.presenter !== null && participantOf(state) === this.presenter) view = viewOf(state)
      const cursor = cursorOf(client, state)
      if (cursor?.page === this.page) cursors.push(cursor)
    }
    this.others.showCursors(cursors)
    this.others.showStrokes(this.book.shown())
    this.others.showView(view)
  }

  private expire(client: number): void {
    if (!this.book.has(client)) return
    const cancel = this.timing.after(STALE_STROKE_MS, () => {
      this.cancels.delete(cancel)
      if (strokeOf(this.awareness.getStates().get(client))) return
      if (this.book.gone(client)) this.show()
    })
    this.cancels.add(cancel)
  }
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
