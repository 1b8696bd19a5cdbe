// A made-up scene and two made-up people for the board's tests.
import { Awareness, applyAwarenessUpdate, encodeAwarenessUpdate } from 'y-protocols/awareness'
import * as Y from 'yjs'
import { MadeUpClock } from '../signalling/made-up'
import { Binding, type Mended, type Scene, type SceneChange, type Timing } from './binding'
import { MAIN, type Shared } from './document'
import type { Element, LiveStroke, PeerCursor, PeerView } from './elements'
import { Ledger } from './ledger'
import { Presence, type Others } from './presence'
import { tail, type ShownStroke } from './strokes'

export class MadeUpScene implements Scene, Others {
  list: Element[] = []
  cursors: readonly PeerCursor[] = []
  strokes: readonly ShownStroke[] = []
  view: PeerView | null = null
  merges = 0
  /** What the scene changes by itself when something else changes, once: by id, its new `versionNonce`. */
  mends = new Map<string, number>()

  show = (_page: string, elements: readonly Element[]): readonly Mended[] => {
    this.list = [...elements]
    return this.mend()
  }
  merge = (remote: readonly Element[], gone: readonly string[]): readonly Mended[] => {
    this.merges += 1
    const ids = new Set([...gone, ...remote.map((element) => element.id)])
    this.list = [...this.list.filter((element) => !ids.has(element.id)), ...remote]
    return this.mend()
  }

  private mend(): readonly Mended[] {
    const mended: Mended[] = []
    this.list = this.list.map((element) => {
      const versionNonce = this.mends.get(element.id)
      if (versionNonce === undefined) return element
      this.mends.delete(element.id)
      const made = { ...element, versionNonce, version: versionNonce }
      mended.push({ element: made, was: element.versionNonce })
      return made
    })
    return mended
  }
  showCursors = (cursors: readonly PeerCursor[]): void => {
    this.cursors = cursors
  }
  showStrokes = (strokes: readonly ShownStroke[]): void => {
    this.strokes = [...strokes]
  }
  showView = (view: PeerView | null): void => {
    this.view = view
  }
}

export const clock = new MadeUpClock()
export const timing: Timing = { after: clock.after, frame: (then) => clock.after(1, then) }

export interface Side {
  shared: Shared
  scene: MadeUpScene
  ledger: Ledger
  binding: Binding
  presence: Presence
  updates: number
  /** The scene changed, as Excalidraw tells it. */
  draws(change: SceneChange): void
}

export function side(page = MAIN): Side {
  const doc = new Y.Doc()
  const shared: Shared = { doc, awareness: new Awareness(doc) }
  const scene = new MadeUpScene()
  const ledger = new Ledger(doc, () => 0.5)
  const binding = new Binding(shared, page, scene, ledger, timing)
  const presence = new Presence(shared.awareness, page, scene, timing, (id) => binding.has(id))
  binding.onArrived = (ids) => presence.committed(ids)
  const made: Side = {
    shared,
    scene,
    ledger,
    binding,
    presence,
    updates: 0,
    draws: (change) => {
      binding.changed(change)
      presence.drawn(change.stroke)
    },
  }
  doc.on('update', () => (made.updates += 1))
  return made
}

/** Passes updates and presence both ways; the "server" stamps the sender's name. */
export function connect(a: Side, b: Side): void {
  const pass = (from: Side, to: Side, name: string): void => {
    from.shared.doc.on('update', (update: Uint8Array, origin: unknown) => {
      if (origin !== 'wire') Y.applyUpdate(to.shared.doc, update, 'wire')
    })
    from.shared.awareness.on('update', (_: unknown, origin: unknown) => {
      if (origin === 'wire') return
      const state = { ...from.shared.awareness.getLocalState(), user: { participant: name, name, ball: 3 } }
      const stamped = new Awareness(new Y.Doc())
      stamped.clientID = from.shared.awareness.clientID
      stamped.states.set(stamped.clientID, state)
      stamped.meta.set(stamped.clientID, {
        clock: from.shared.awareness.meta.get(stamped.clientID)?.clock ?? 1,
        lastUpdated: 0,
      })
      applyAwarenessUpdate(to.shared.awareness, encodeAwarenessUpdate(stamped, [stamped.clientID]), 'wire')
      stamped.destroy()
    })
  }
  pass(a, b, 'Anna')
  pass(b, a, 'Bernd')
}

export const element = (
  id: string,
  nonce = 1,
  fields: Partial<Element> & Record<string, unknown> = {},
): Element => ({
  id,
  type: 'rectangle',
  version: nonce,
  versionNonce: nonce,
  isDeleted: false,
  ...fields,
})

export const change = (
  elements: readonly Element[],
  stroke: LiveStroke | null = null,
  busy = stroke !== null,
): SceneChange => ({ elements, stroke, busy })

export const stroke = (id: string, length: number): LiveStroke =>
  tail(
    { id, colour: '#000', width: 2, opacity: 100 },
    10,
    20,
    Array.from({ length }, (_, i) => [i, i] as const),
  )
