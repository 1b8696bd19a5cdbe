// Binds a scene to one page of the board's document: local changes go out, remote ones come in. Knows Yjs and a
// `Scene`, but neither Excalidraw nor React.
// Invariants: what came from the document is never sent back (its `versionNonce` is known), nor what the scene mended of
// it by itself: of that, everybody writes only their own elements, and nobody has to undo it; deleted elements leave the
// document; remote changes reach the scene once a frame; without the right to draw nothing is written.
import type * as Y from 'yjs'
import { mapOf, rootOf, type Shared } from './document'
import type { Element, LiveStroke } from './elements'
import { fitting } from './fitting'
import type { Change, Ledger } from './ledger'
import { Scan } from './scan'

/** An element that the scene changed by itself, such as its place among the others when two came to the same one. */
export interface Mended {
  readonly element: Element
  /** Its `versionNonce` before that. */
  readonly was: number
}

/** The scene, as the binding needs it. */
export interface Scene {
  /** Shows a page: exactly these elements. The page that is shown already changes only where it differs. */
  show(page: string, elements: readonly Element[]): readonly Mended[]
  /** Merges remote elements and takes away those that are gone. */
  merge(remote: readonly Element[], gone: readonly string[]): readonly Mended[]
}

export interface Timing {
  after(ms: number, then: () => void): () => void
  /** Before the next picture is drawn. */
  frame(then: () => void): () => void
}

export const SEND_EVERY_MS = 50

/** What a change of the scene looks like from outside. */
export interface SceneChange {
  readonly elements: readonly Element[]
  /** The free-hand stroke under the pen, if any: it is committed when the pen is lifted. */
  readonly stroke: LiveStroke | null
  /** A gesture or a text is unfinished: what changes until its end is one step to undo. */
  readonly busy: boolean
}

export class Binding {
  private readonly known = new Map<string, number>()
  /** Elements that this person wrote last. */
  private readonly own = new Set<string>()
  private readonly scan = new Scan()
  private held: Element[] = []
  private pending: SceneChange | null = null
  private stroke: string | null = null
  private busy = false
  private readonly dirty = new Set<string>()
  private cancelSend: (() => void) | null = null
  private cancelPull: (() => void) | null = null
  private mayDraw = true
  private closed = false
  private readonly root: string
  private readonly map: Y.Map<unknown>
  /** Elements of others that arrived: their live strokes are over. */
  onArrived: (ids: readonly string[]) => void = () => undefined

  constructor(
    { doc }: Shared,
    page: string,
    private readonly scene: Scene,
    private readonly ledger: Ledger,
    private readonly timing: Timing,
  ) {
    this.root = rootOf(page)
    this.map = mapOf(doc, this.root)
    this.map.observe(this.elementsChanged)
    const elements = [...this.map.values()].filter(isElement)
    for (const element of elements) this.known.set(element.id, element.versionNonce)
    this.mend(scene.show(page, elements))
  }

  allow(mayDraw: boolean): void {
    this.mayDraw = mayDraw
    if (!mayDraw) this.pending = null
  }

  /** The scene changed, by hand or by ourselves. */
  changed(change: SceneChange): void {
    if (this.closed || !this.mayDraw) return
    const lifted = this.stroke !== null && change.stroke === null
    const ended = this.busy && !change.busy
    this.stroke = change.stroke?.id ?? null
    this.busy = change.busy
    this.pending = change
    // A stroke is there at once when the pen is lifted, and the next gesture is another step.
    if (lifted || ended) this.flush()
    else this.cancelSend ??= this.timing.after(SEND_EVERY_MS, () => this.flush())
  }

  /** Writes what is waiting. */
  flush(): void {
    this.cancelSend?.()
    this.cancelSend = null
    const { pending } = this
    this.pending = null
    if (!pending || this.closed) return
    this.push(pending)
    if (!pending.busy) this.ledger.seal()
  }

  has(id: string): boolean {
    return this.map.has(id)
  }

  close(): void {
    if (this.closed) return
    this.flush()
    this.ledger.seal()
    this.closed = true
    this.cancelSend?.()
    this.cancelPull?.()
    this.map.unobserve(this.elementsChanged)
  }

  private push({ elements, stroke }: SceneChange): void {
    const found = this.scan.changed(elements)
    const candidates = this.held.length > 0 ? [...this.held, ...found] : found
    this.held = []
    const changes = new Map<string, Change>()
    for (const element of candidates) {
      const { id } = element
      if (id === stroke?.id) this.held.push(element)
      else if (this.known.get(id) !== element.versionNonce) {
        this.known.set(id, element.versionNonce)
        this.own.add(id)
        const value = element.isDeleted ? undefined : fitting(element)
        if (value !== null) changes.set(id, { root: this.root, key: id, value })
      }
    }
    this.ledger.write([...changes.values()], this)
  }

  private readonly elementsChanged = (event: Y.YMapEvent<unknown>): void => {
    if (event.transaction.origin === this) return
    for (const id of event.keysChanged as Set<string>) this.dirty.add(id)
    this.cancelPull ??= this.timing.frame(() => this.pull())
  }

  private mend(mended: readonly Mended[]): void {
    const changes: Change[] = []
    for (const { element, was } of mended) {
      const { id } = element
      // What this person changed and has not been written yet is written as their change.
      if (this.known.get(id) !== was) continue
      this.known.set(id, element.versionNonce)
      if (this.own.has(id) && this.mayDraw)
        changes.push({ root: this.root, key: id, value: structuredClone(element) })
    }
    this.ledger.amend(changes, this)
  }

  private pull(): void {
    this.cancelPull = null
    // What waits was seen before what comes now: written later, it would put old elements of others over new ones.
    this.flush()
    const ids = [...this.dirty]
    this.dirty.clear()
    const remote: Element[] = []
    const gone: string[] = []
    for (const id of ids) {
      const element = this.map.get(id)
      if (element === undefined) {
        if (this.known.delete(id)) gone.push(id)
      } else if (isElement(element) && this.known.get(id) !== element.versionNonce) {
        this.known.set(id, element.versionNonce)
        this.own.delete(id)
        remote.push(element)
      }
    }
    if (remote.length > 0 || gone.length > 0) this.mend(this.scene.merge(remote, gone))
    if (remote.length > 0) this.onArrived(remote.map(({ id }) => id))
  }
}

export function isElement(value: unknown): value is Element {
  if (typeof value !== 'object' || value === null) return false
  const { id, type, versionNonce, isDeleted } = value as Record<string, unknown>
  // Boards of earlier versions kept what was deleted.
  return (
    typeof id === 'string' &&
    typeof type === 'string' &&
    typeof versionNonce === 'number' &&
    isDeleted !== true
  )
}
