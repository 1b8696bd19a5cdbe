// Binds a scene to the board's document: local changes go out, remote ones come in, cursors and live strokes travel
// as presence. Knows Yjs and a `Scene`, but neither Excalidraw nor React.
// Invariants: what came from the document is never sent back (its `versionNonce` is known); deleted elements stay as
// tombstones; a transaction fits a frame; without the right to draw nothing is written.
import type { Awareness } from 'y-protocols/awareness'
import type * as Y from 'yjs'
import {
  cursorOf,
  strokeOf,
  type BoardFile,
  type Element,
  type LiveStroke,
  type PeerCursor,
} from './elements'
import { StrokeBook, type ShownStroke } from './strokes'

/** The scene, as the binding needs it. */
export interface Scene {
  elements(): readonly Element[]
  /** Merges remote elements, outside the local undo history. */
  merge(remote: readonly Element[]): void
  addFiles(files: readonly BoardFile[]): void
  showCursors(cursors: readonly PeerCursor[]): void
  showStrokes(strokes: readonly ShownStroke[]): void
}

export interface Timing {
  after(ms: number, then: () => void): () => void
}

export interface Shared {
  readonly doc: Y.Doc
  readonly elements: Y.Map<Element>
  readonly files: Y.Map<BoardFile>
  readonly awareness: Awareness
}

export const SEND_EVERY_MS = 50
/** A stroke that ended without an element is taken away after this. */
const STALE_STROKE_MS = 1000
/** Frames are limited to 1 MiB; JSON is longer than what Yjs makes of it. */
const BATCH_CHARS = 400_000

/** What a change of the scene looks like from outside. */
export interface SceneChange {
  readonly elements: readonly Element[]
  readonly files: Readonly<Record<string, BoardFile>>
  /** The free-hand stroke under the pen, if any: it is committed when the pen is lifted. */
  readonly stroke: LiveStroke | null
}

export class Binding {
  private readonly known = new Map<string, number>()
  private readonly book = new StrokeBook()
  private readonly sentFiles = new Set<string>()
  private pending: SceneChange | null = null
  private presence: {
    pointer?: { x: number; y: number }
    button?: 'up' | 'down'
    stroke?: LiveStroke | null
  } = {}
  private cancelSend: (() => void) | null = null
  private readonly cancels = new Set<() => void>()
  private mayDraw = true
  private closed = false

  constructor(
    private readonly shared: Shared,
    private readonly scene: Scene,
    private readonly timing: Timing,
    /** Makes a picture small enough for a frame, or says that it cannot. */
    private readonly fit: (file: BoardFile) => Promise<BoardFile | null>,
  ) {
    shared.elements.observe(this.elementsChanged)
    shared.files.observe(this.filesChanged)
    shared.awareness.on('change', this.presenceChanged)
    this.pull([...shared.elements.keys()])
    this.filesChanged()
    this.presenceChanged({ added: [...shared.awareness.getStates().keys()], updated: [], removed: [] })
  }

  allow(mayDraw: boolean): void {
    this.mayDraw = mayDraw
    if (!mayDraw) this.pending = null
  }

  /** The scene changed, by hand or by ourselves. */
  changed(change: SceneChange): void {
    if (this.closed || !this.mayDraw) return
    const lifted = this.presence.stroke !== undefined && this.presence.stroke !== null && !change.stroke
    this.pending = change
    if (lifted) this.send()
    else this.schedule()
  }

  pointed(pointer: { x: number; y: number }, button: 'up' | 'down'): void {
    if (this.closed) return
    this.presence = { ...this.presence, pointer: { x: round(pointer.x), y: round(pointer.y) }, button }
    this.schedule()
  }

  close(): void {
    if (this.closed) return
    this.send()
    this.closed = true
    this.cancelSend?.()
    for (const cancel of this.cancels) cancel()
    this.shared.elements.unobserve(this.elementsChanged)
    this.shared.files.unobserve(this.filesChanged)
    this.shared.awareness.off('change', this.presenceChanged)
  }

  private schedule(): void {
    this.cancelSend ??= this.timing.after(SEND_EVERY_MS, () => this.send())
  }

  private send(): void {
    this.cancelSend?.()
    this.cancelSend = null
    const { pending } = this
    this.pending = null
    if (pending) {
      this.push(pending)
      this.pushFiles(pending.files)
      this.presence = { ...this.presence, stroke: pending.stroke }
    }
    // After the commit, so that nobody sees the stroke vanish in between.
    this.tellPresence()
  }

  private told = ''

  private tellPresence(): void {
    const state = { ...this.presence, stroke: this.presence.stroke ?? null }
    const json = JSON.stringify(state)
    if (json === this.told) return
    this.told = json
    this.shared.awareness.setLocalState(state)
  }

  private push({ elements, stroke }: SceneChange): void {
    const changed = elements.filter(
      (element) =>
        this.known.get(element.id) !== element.versionNonce &&
        element.id !== stroke?.id &&
        // Never seen by anybody and already gone again: nobody needs its tombstone.
        !(element.isDeleted && !this.shared.elements.has(element.id)),
    )
    for (const batch of batches(changed)) {
      this.shared.doc.transact(() => {
        for (const element of batch) {
          this.known.set(element.id, element.versionNonce)
          this.shared.elements.set(element.id, structuredClone(element))
        }
      }, this)
    }
  }

  private pushFiles(files: Readonly<Record<string, BoardFile>>): void {
    for (const file of Object.values(files)) {
      if (this.sentFiles.has(file.id) || this.shared.files.has(file.id)) continue
      this.sentFiles.add(file.id)
      const { id, mimeType, dataURL, created } = file
      void this.fit({ id, mimeType, dataURL, created }).then((fitting) => {
        if (fitting && !this.closed) this.shared.doc.transact(() => this.shared.files.set(id, fitting), this)
      })
    }
  }

  private readonly elementsChanged = (event: Y.YMapEvent<Element>): void => {
    if (event.transaction.origin !== this) this.pull([...event.keysChanged] as string[])
  }

  private pull(ids: readonly string[]): void {
    const remote: Element[] = []
    let strokesChanged = false
    for (const id of ids) {
      const element = this.shared.elements.get(id)
      if (!isElement(element) || this.known.get(id) === element.versionNonce) continue
      this.known.set(id, element.versionNonce)
      remote.push(element)
      strokesChanged = this.book.committed(id) || strokesChanged
    }
    if (remote.length > 0) this.scene.merge(remote)
    if (strokesChanged) this.scene.showStrokes(this.book.shown())
  }

  private readonly filesChanged = (): void => {
    const files = [...this.shared.files.values()].filter(isFile)
    if (files.length > 0) this.scene.addFiles(files)
  }

  private readonly presenceChanged = (change: {
    added: readonly number[]
    updated: readonly number[]
    removed: readonly number[]
  }): void => {
    const { awareness } = this.shared
    let redraw = false
    for (const client of change.removed) redraw = this.book.gone(client) || redraw
    for (const client of [...change.added, ...change.updated]) {
      if (client === awareness.clientID) continue
      const state: unknown = awareness.getStates().get(client)
      const stroke = strokeOf(state)
      if (stroke && this.shared.elements.has(stroke.id)) continue
      redraw = this.book.heard(client, stroke) || redraw
      if (!stroke) this.expire(client)
    }
    if (redraw) this.scene.showStrokes(this.book.shown())
    const cursors = [...awareness.getStates()]
      .filter(([client]) => client !== awareness.clientID)
      .flatMap(([client, state]) => cursorOf(client, state) ?? [])
    this.scene.showCursors(cursors)
  }

  private expire(client: number): void {
    const before = this.book.shown()
    if (before.length === 0) return
    const cancel = this.timing.after(STALE_STROKE_MS, () => {
      this.cancels.delete(cancel)
      if (strokeOf(this.shared.awareness.getStates().get(client))) return
      if (this.book.gone(client)) this.scene.showStrokes(this.book.shown())
    })
    this.cancels.add(cancel)
  }
}

/** Splits what is to be sent so that no transaction outgrows a frame. */
export function batches(elements: readonly Element[], limit = BATCH_CHARS): Element[][] {
  const all: Element[][] = []
  let size = Infinity
  for (const element of elements) {
    const length = JSON.stringify(element).length
    if (size + length > limit) {
      all.push([])
      size = 0
    }
    all.at(-1)?.push(element)
    size += length
  }
  return all
}

function isElement(value: unknown): value is Element {
  if (typeof value !== 'object' || value === null) return false
  const { id, type, versionNonce } = value as Record<string, unknown>
  return typeof id === 'string' && typeof type === 'string' && typeof versionNonce === 'number'
}

function isFile(value: unknown): value is BoardFile {
  if (typeof value !== 'object' || value === null) return false
  const { id, mimeType, dataURL } = value as Record<string, unknown>
  // Only pictures: anything else has no business in an <img>.
  return (
    typeof id === 'string' &&
    typeof mimeType === 'string' &&
    typeof dataURL === 'string' &&
    dataURL.startsWith('data:image/')
  )
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
