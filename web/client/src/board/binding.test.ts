import { Awareness, applyAwarenessUpdate, encodeAwarenessUpdate } from 'y-protocols/awareness'
import * as Y from 'yjs'
import { beforeEach, describe, expect, test } from 'vitest'
import { MadeUpClock } from '../signalling/made-up'
import { batches, Binding, type Scene, type SceneChange, type Shared } from './binding'
import type { BoardFile, Element, LiveStroke, PeerCursor } from './elements'
import { StrokeBook, tail, TAIL, type ShownStroke } from './strokes'

class MadeUpScene implements Scene {
  list: Element[] = []
  files: string[] = []
  cursors: readonly PeerCursor[] = []
  strokes: readonly ShownStroke[] = []
  merges = 0

  elements = (): readonly Element[] => this.list
  merge = (remote: readonly Element[]): void => {
    this.merges += 1
    const ids = new Set(remote.map((element) => element.id))
    this.list = [...this.list.filter((element) => !ids.has(element.id)), ...remote]
  }
  addFiles = (files: readonly BoardFile[]): void => {
    this.files = files.map((file) => file.id)
  }
  showCursors = (cursors: readonly PeerCursor[]): void => {
    this.cursors = cursors
  }
  showStrokes = (strokes: readonly ShownStroke[]): void => {
    this.strokes = [...strokes]
  }
}

interface Side {
  shared: Shared
  scene: MadeUpScene
  binding: Binding
  updates: number
}

const clock = new MadeUpClock()

function side(name: string): Side {
  const doc = new Y.Doc()
  const awareness = new Awareness(doc)
  const shared: Shared = { doc, elements: doc.getMap('elements'), files: doc.getMap('files'), awareness }
  const scene = new MadeUpScene()
  const made: Side = { shared, scene, binding: undefined as unknown as Binding, updates: 0 }
  doc.on('update', () => (made.updates += 1))
  made.binding = new Binding(shared, scene, clock, async (file) => file)
  awareness.setLocalState({ name })
  return made
}

/** Passes updates and presence both ways; the "server" stamps the sender's name. */
function connect(a: Side, b: Side): void {
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

const element = (id: string, nonce = 1, fields: Partial<Element> = {}): Element => ({
  id,
  type: 'rectangle',
  version: nonce,
  versionNonce: nonce,
  isDeleted: false,
  ...fields,
})
const change = (elements: readonly Element[], stroke: LiveStroke | null = null): SceneChange => ({
  elements,
  files: {},
  stroke,
})
const stroke = (id: string, length: number): LiveStroke =>
  tail(
    { id, colour: '#000', width: 2, opacity: 100 },
    10,
    20,
    Array.from({ length }, (_, i) => [i, i] as const),
  )

let a: Side
let b: Side

beforeEach(() => {
  a = side('a')
  b = side('b')
  connect(a, b)
})

describe('a binding', () => {
  test('carries an element over, and never sends it back', () => {
    a.scene.list = [element('x')]
    a.binding.changed(change(a.scene.list))
    expect(b.scene.list).toEqual([])
    clock.pass(50)
    expect(b.scene.list).toEqual([element('x')])
    const before = b.updates
    b.binding.changed(change(b.scene.list))
    clock.pass(50)
    expect(b.updates).toBe(before)
  })

  test('sends many quick changes as one', () => {
    for (let nonce = 1; nonce <= 20; nonce += 1) a.binding.changed(change([element('x', nonce)]))
    clock.pass(50)
    expect(a.updates).toBe(1)
    expect(b.scene.list[0]?.versionNonce).toBe(20)
  })

  test('keeps tombstones of what others saw, and none of what nobody saw', () => {
    a.binding.changed(change([element('x')]))
    clock.pass(50)
    a.binding.changed(change([element('x', 2, { isDeleted: true }), element('y', 3, { isDeleted: true })]))
    clock.pass(50)
    expect(a.shared.elements.get('x')?.isDeleted).toBe(true)
    expect(a.shared.elements.has('y')).toBe(false)
    expect(b.scene.list[0]?.isDeleted).toBe(true)
  })

  test('shows a stroke as it is drawn and commits it once, when the pen is lifted', () => {
    for (let length = 2; length <= 100; length += 7) {
      a.binding.changed(change([element('s', length, { type: 'freedraw' })], stroke('s', length)))
      clock.pass(50)
    }
    expect(a.updates).toBe(0)
    expect(b.scene.strokes.map((shown) => shown.pieces.map((piece) => piece.length))).toEqual([[100]])
    expect(b.scene.strokes[0]?.pieces[0]?.[0]).toEqual([10, 20])
    a.binding.changed(change([element('s', 200, { type: 'freedraw' })]))
    expect(a.updates).toBe(1)
    expect(b.scene.list.map((e) => e.id)).toEqual(['s'])
    expect(b.scene.strokes).toEqual([])
  })

  test('takes a stroke away that was given up or whose drawer left', () => {
    a.binding.changed(change([], stroke('s', 5)))
    clock.pass(50)
    expect(b.scene.strokes).toHaveLength(1)
    a.binding.changed(change([]))
    clock.pass(1000)
    expect(b.scene.strokes).toHaveLength(0)
  })

  test('names cursors as the server stamped them, and shows none without a stamp', () => {
    a.binding.pointed({ x: 1.234, y: 5 }, 'down')
    clock.pass(50)
    expect(b.scene.cursors).toEqual([
      {
        client: a.shared.awareness.clientID,
        participant: 'Anna',
        name: 'Anna',
        ball: 3,
        pointer: { x: 1.2, y: 5 },
        button: 'down',
      },
    ])
    expect(a.scene.cursors.every((cursor) => cursor.name === 'Bernd')).toBe(true)
  })

  test('writes nothing without the right to draw', () => {
    a.binding.allow(false)
    a.binding.changed(change([element('x')]))
    clock.pass(50)
    expect(a.updates).toBe(0)
    a.binding.allow(true)
    a.binding.changed(change([element('x')]))
    clock.pass(50)
    expect(a.updates).toBe(1)
  })

  test('a late one finds everything, and rubbish in the document hurts nobody', async () => {
    a.binding.changed({
      ...change([element('x'), element('y', 2)]),
      files: { f: { id: 'f', mimeType: 'image/png', dataURL: 'data:image/png;base64,AA', created: 1 } },
    })
    clock.pass(50)
    await Promise.resolve()
    await Promise.resolve()
    ;(a.shared.elements as Y.Map<unknown>).set('bad', 7)
    ;(a.shared.files as Y.Map<unknown>).set('evil', { id: 'evil', mimeType: 'x', dataURL: 'javascript:1' })
    const doc = new Y.Doc()
    Y.applyUpdate(doc, Y.encodeStateAsUpdate(a.shared.doc))
    const scene = new MadeUpScene()
    const late = new Binding(
      { doc, elements: doc.getMap('elements'), files: doc.getMap('files'), awareness: new Awareness(doc) },
      scene,
      clock,
      async (file) => file,
    )
    expect(scene.list.map((e) => e.id).toSorted()).toEqual(['x', 'y'])
    expect(scene.files).toEqual(['f'])
    late.close()
  })

  test('what was drawn last goes out when the board closes', () => {
    a.binding.changed(change([element('x')]))
    a.binding.close()
    expect(b.scene.list).toHaveLength(1)
  })
})

describe('strokes', () => {
  test('a message carries only the newest points, and merged frames lose nothing', () => {
    const long = stroke('s', 500)
    expect(long.points).toHaveLength(TAIL)
    expect(long.from).toBe(500 - TAIL)
    const book = new StrokeBook()
    for (let length = 10; length <= 300; length += 40) book.heard(1, stroke('s', length))
    expect(book.shown()[0]?.pieces).toHaveLength(1)
    expect(book.shown()[0]?.pieces[0]).toHaveLength(290)
  })

  test('a gap is not bridged', () => {
    const book = new StrokeBook()
    book.heard(1, stroke('s', 10))
    book.heard(1, stroke('s', 200))
    expect(book.shown()[0]?.pieces.map((piece) => piece.length)).toEqual([10, TAIL])
  })
})

test('a wiped board of thousands of shapes fits the frames', () => {
  const many = Array.from({ length: 5000 }, (_, i) => ({ ...element(`element-${i}`), note: 'x'.repeat(400) }))
  const parts = batches(many)
  expect(parts.flat()).toHaveLength(5000)
  for (const part of parts) expect(JSON.stringify(part).length).toBeLessThan(500_000)
})
