import { Awareness } from 'y-protocols/awareness'
import * as Y from 'yjs'
import { beforeEach, describe, expect, test } from 'vitest'
import { Binding } from './binding'
import { MAIN, mapOf } from './document'
import { strokeOf, type Element } from './elements'
import { Ledger } from './ledger'
import { change, clock, connect, element, MadeUpScene, side, stroke, timing, type Side } from './made-up'
import { Scan } from './scan'
import { StrokeBook, tail, TAIL } from './strokes'

let a: Side
let b: Side
const elements = (of: Side) => mapOf(of.shared.doc, 'elements')

beforeEach(() => {
  a = side()
  b = side()
  connect(a, b)
})

describe('a binding', () => {
  test('carries an element over, and never sends it back', () => {
    a.scene.list = [element('x')]
    a.draws(change(a.scene.list))
    expect(b.scene.list).toEqual([])
    clock.pass(60)
    expect(b.scene.list).toEqual([element('x')])
    const before = b.updates
    b.draws(change(b.scene.list))
    clock.pass(60)
    expect(b.updates).toBe(before)
  })

  test('sends many quick changes as one, and merges many that came as one', () => {
    for (let nonce = 1; nonce <= 20; nonce += 1) a.draws(change([element('x', nonce)]))
    clock.pass(50)
    expect(a.updates).toBe(1)
    a.draws(change([element('x', 20), element('y', 21)]))
    a.binding.flush()
    expect(b.scene.merges).toBe(0)
    clock.pass(60)
    expect(b.scene.merges).toBe(1)
    expect(b.scene.list.map(({ versionNonce }) => versionNonce)).toEqual([20, 21])
  })

  test('what is deleted leaves the document, and what nobody saw never enters it', () => {
    a.draws(change([element('x')]))
    clock.pass(60)
    expect(b.scene.list).toHaveLength(1)
    a.draws(change([element('x', 2, { isDeleted: true }), element('y', 3, { isDeleted: true })]))
    clock.pass(60)
    expect([...elements(a).keys()]).toEqual([])
    expect(b.scene.list).toEqual([])
  })

  test('what waits to be written never puts an old element of somebody else over a newer one', () => {
    a.draws(change([element('x', 1)]))
    clock.pass(60)
    a.draws(change([element('x', 2)]))
    clock.pass(49)
    // Her scene still has the first one when she draws something; the second comes before that is written.
    b.draws(change([element('x', 1), element('y', 5)]))
    clock.pass(60)
    expect(elements(b).get('x')).toMatchObject({ versionNonce: 2 })
    expect(elements(a).get('y')).toMatchObject({ versionNonce: 5 })
    b.ledger.undo()
    expect([...elements(a).keys()]).toEqual(['x'])
    expect(b.ledger.steps.get().undo).toBe(false)
  })

  test('what the scene mends by itself is nobody’s step, and written only by whose element it is', () => {
    a.draws(change([element('x')]))
    clock.pass(60)
    a.scene.list = [element('x')]
    b.draws(change([element('x'), element('y')]))
    b.scene.list = [element('x'), element('y')]
    // Both came to the same place: each of the scenes moves the other one.
    a.scene.mends.set('y', 70)
    a.scene.mends.set('x', 71)
    clock.pass(60)
    a.draws(change(a.scene.list))
    clock.pass(60)
    expect(elements(a).get('x')).toMatchObject({ versionNonce: 71 })
    expect(elements(a).get('y')).toMatchObject({ versionNonce: 1 })
    expect(b.scene.list.find(({ id }) => id === 'x')?.versionNonce).toBe(71)
    // The step that is taken back is the one that a person did.
    a.ledger.undo()
    expect([...elements(a).keys()]).toEqual(['y'])
    expect(a.ledger.steps.get().undo).toBe(false)
  })

  test('what is changed by hand and mended before it was written is a step', () => {
    a.draws(change([element('x')]))
    clock.pass(60)
    a.scene.list = [element('x', 5, { x: 9 })]
    a.draws(change(a.scene.list))
    b.draws(change([element('x'), element('y')]))
    a.scene.mends.set('x', 6)
    b.binding.flush()
    clock.pass(2)
    a.draws(change(a.scene.list))
    clock.pass(60)
    expect(elements(b).get('x')).toMatchObject({ x: 9 })
    a.ledger.undo()
    expect((elements(a).get('x') as { x?: number }).x).toBeUndefined()
  })

  test('shows a stroke as it is drawn and commits it once, when the pen is lifted', () => {
    for (let length = 2; length <= 100; length += 7) {
      a.draws(change([element('s', length, { type: 'freedraw' })], stroke('s', length)))
      clock.pass(60)
    }
    expect(a.updates).toBe(0)
    expect(b.scene.strokes.map((shown) => shown.pieces.map((piece) => piece.length))).toEqual([[100]])
    expect(b.scene.strokes[0]?.pieces[0]?.[0]).toEqual([10, 20])
    a.draws(change([element('s', 200, { type: 'freedraw' })]))
    expect(a.updates).toBe(1)
    clock.pass(60)
    expect(b.scene.list.map((e) => e.id)).toEqual(['s'])
    expect(b.scene.strokes).toEqual([])
  })

  test('commits a stroke whose element did not change any more', () => {
    const still = element('s', 7, { type: 'freedraw' })
    a.draws(change([still], stroke('s', 7)))
    clock.pass(60)
    a.draws(change([still]))
    expect(a.updates).toBe(1)
  })

  test('takes a stroke away that was given up', () => {
    a.draws(change([], stroke('s', 5)))
    clock.pass(60)
    expect(b.scene.strokes).toHaveLength(1)
    a.draws(change([]))
    clock.pass(1100)
    expect(b.scene.strokes).toHaveLength(0)
  })

  test('names cursors as the server stamped them, on their own page only', () => {
    a.presence.pointed({ x: 1.234, y: 5 }, 'down', 'laser')
    clock.pass(60)
    expect(b.scene.cursors).toEqual([
      {
        client: a.shared.awareness.clientID,
        participant: 'Anna',
        name: 'Anna',
        ball: 3,
        page: MAIN,
        pointer: { x: 1.2, y: 5 },
        button: 'down',
        tool: 'laser',
      },
    ])
    const elsewhere = side('p2')
    connect(elsewhere, b)
    elsewhere.presence.pointed({ x: 1, y: 1 }, 'up', 'pointer')
    clock.pass(60)
    expect(b.scene.cursors.map(({ page }) => page)).toEqual([MAIN])
  })

  test('shows what the presenter looks at, and nobody else', () => {
    b.presence.follow('Anna')
    a.presence.lead({ page: 'p2', x: 3, y: 4, zoom: 1000 })
    clock.pass(60)
    expect(b.scene.view).toEqual({ page: 'p2', x: 3, y: 4, zoom: 30 })
    b.presence.follow('Bernd')
    expect(b.scene.view).toBeNull()
  })

  test('writes nothing without the right to draw', () => {
    a.binding.allow(false)
    a.draws(change([element('x')]))
    clock.pass(60)
    expect(a.updates).toBe(0)
    a.binding.allow(true)
    a.draws(change([element('x')]))
    clock.pass(60)
    expect(a.updates).toBe(1)
  })

  test('a late one finds everything, and rubbish in the document hurts nobody', () => {
    a.draws(change([element('x'), element('y', 2)]))
    clock.pass(60)
    elements(a).set('bad', 7)
    elements(a).set('old', element('old', 3, { isDeleted: true }))
    const doc = new Y.Doc()
    Y.applyUpdate(doc, Y.encodeStateAsUpdate(a.shared.doc))
    const scene = new MadeUpScene()
    const shared = { doc, awareness: new Awareness(doc) }
    const late = new Binding(shared, MAIN, scene, new Ledger(doc), timing)
    expect(scene.list.map((e) => e.id).toSorted()).toEqual(['x', 'y'])
    late.close()
  })

  test('what was drawn last goes out when the page closes', () => {
    a.draws(change([element('x')]))
    a.binding.close()
    clock.pass(60)
    expect(b.scene.list).toHaveLength(1)
  })

  test('a gesture is one step to undo, however often it was sent', () => {
    a.draws(change([element('x')]))
    clock.pass(60)
    for (let nonce = 2; nonce < 6; nonce += 1) {
      a.draws(change([element('x', nonce, { x: nonce })], null, true))
      clock.pass(60)
    }
    a.draws(change([element('x', 6, { x: 6 })]))
    a.ledger.undo()
    expect(elements(a).get('x')).toMatchObject({ id: 'x', versionNonce: 2 ** 30 })
    expect(elements(a).get('x')).not.toHaveProperty('x')
    a.ledger.undo()
    expect(elements(a).has('x')).toBe(false)
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

  test('how hard a pen is pressed travels with its points, a byte for each', () => {
    const line = Array.from({ length: 60 }, (_, at) => [at, 0] as const)
    const pressures = line.map((_, at) => at / 59)
    const pen = { id: 's', colour: '#000', width: 2, opacity: 100 }
    const told = (length: number) =>
      strokeOf({ stroke: tail(pen, 0, 0, line.slice(0, length), pressures.slice(0, length)) })
    expect(told(60)?.pressures).toHaveLength(TAIL)
    const book = new StrokeBook()
    for (const length of [2, 30, 60]) book.heard(1, told(length))
    const [piece = []] = book.shown()[0]?.pieces ?? []
    expect(piece).toHaveLength(60)
    expect(piece.every(([, , felt], at) => Math.abs((felt ?? 9) - (pressures[at] ?? 9)) <= 1 / 126)).toBe(
      true,
    )
    // A mouse has none, as those of clients that do not tell it.
    book.heard(2, stroke('m', 3))
    expect(book.shown()[1]?.pieces).toEqual([
      [
        [10, 20],
        [11, 21],
        [12, 22],
      ],
    ])
  })

  test('pressures that nobody can read are left out, the stroke is not', () => {
    const told = stroke('s', 3)
    for (const pressures of ['AB', 'ABCD', 'A"C', 5, null])
      expect(strokeOf({ stroke: { ...told, pressures } })).toEqual(told)
    expect(strokeOf({ stroke: { ...told, pressures: 'A-_' } })).toEqual({ ...told, pressures: 'A-_' })
  })

  test('a gap is not bridged', () => {
    const book = new StrokeBook()
    book.heard(1, stroke('s', 10))
    book.heard(1, stroke('s', 200))
    expect(book.shown()[0]?.pieces.map((piece) => piece.length)).toEqual([10, TAIL])
  })
})

test('a scan finds what is new, changed in place, or moved to another place', () => {
  const scan = new Scan()
  const list: { -readonly [K in keyof Element]: Element[K] }[] = [element('a'), element('b'), element('c')]
  expect(scan.changed(list)).toHaveLength(3)
  expect(scan.changed([...list])).toEqual([])
  const [, second] = list
  if (second) second.versionNonce = 9
  expect(scan.changed(list)).toEqual([second])
  expect(scan.changed(list.toReversed()).map(({ id }) => id)).toEqual(['c', 'a'])
})
