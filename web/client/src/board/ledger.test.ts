import * as Y from 'yjs'
import { beforeEach, describe, expect, test } from 'vitest'
import { MAIN, mapOf, PAGES, rootOf } from './document'
import { batches, Ledger, STEPS_MAX } from './ledger'
import { noteOf, percentFull } from './notes'
import { between } from './order'
import { added, moved, neighbour, pagesOf, papered, removed, renamed } from './pages'

let doc: Y.Doc
let ledger: Ledger
const read = (key: string): unknown => mapOf(doc, 'elements').get(key)
const set = (key: string, value: unknown) => ({ root: 'elements', key, value })

beforeEach(() => {
  doc = new Y.Doc()
  ledger = new Ledger(doc, () => 0.5)
})

describe('a ledger', () => {
  test('undoes and redoes what this person did', () => {
    ledger.step([set('a', { v: 1 })])
    ledger.step([set('a', { v: 2 })])
    ledger.undo()
    expect(read('a')).toEqual({ v: 1 })
    ledger.undo()
    expect(read('a')).toBeUndefined()
    expect(ledger.steps.get()).toEqual({ undo: false, redo: true })
    ledger.redo()
    ledger.redo()
    expect(read('a')).toEqual({ v: 2 })
    expect(ledger.steps.get()).toEqual({ undo: true, redo: false })
  })

  test('leaves what others did to the same thing meanwhile', () => {
    ledger.step([set('a', { x: 1, colour: 'red', version: 1, versionNonce: 1 })])
    ledger.step([set('a', { x: 5, colour: 'red', version: 2, versionNonce: 2 })])
    mapOf(doc, 'elements').set('a', { x: 5, colour: 'blue', version: 3, versionNonce: 3 })
    ledger.undo()
    expect(read('a')).toMatchObject({ x: 1, colour: 'blue', version: 4 })
    mapOf(doc, 'elements').delete('a')
    ledger.redo()
    expect(read('a')).toBeUndefined()
  })

  test('brings back thousands of shapes that were cleared, in one step and in frames that fit', () => {
    const many = Array.from({ length: 5000 }, (_, i) =>
      set(`e${i}`, { i, version: 1, note: 'x'.repeat(400) }),
    )
    ledger.step(many)
    ledger.step(many.map(({ key }) => set(key, undefined)))
    let longest = 0
    doc.on('update', (update: Uint8Array) => (longest = Math.max(longest, update.length)))
    ledger.undo()
    expect(mapOf(doc, 'elements').size).toBe(5000)
    expect(longest).toBeLessThan(1_000_000)
    expect(batches(many).flat()).toHaveLength(5000)
  })

  test('forgets the oldest steps, and steps that changed nothing', () => {
    for (let at = 0; at <= STEPS_MAX; at += 1) ledger.step([set('a', at)])
    ledger.step([set('a', STEPS_MAX)])
    for (let at = 0; at < STEPS_MAX; at += 1) ledger.undo()
    expect(ledger.steps.get().undo).toBe(false)
    expect(read('a')).toBe(0)
  })

  test('takes to another document what the server may not have, and nothing else', () => {
    ledger.step([set('kept', 1), set('gone', 1)])
    const { clock } = ledger
    ledger.step([set('late', 2)])
    ledger.step([set('gone', undefined)])
    ledger.saved(clock)
    expect(ledger.unsaved.get()).toBe(true)
    const fresh = new Y.Doc()
    mapOf(fresh, 'elements').set('gone', 1)
    ledger.adopt(fresh)
    expect(mapOf(fresh, 'elements').toJSON()).toEqual({ late: 2 })
    doc = fresh
    ledger.undo()
    ledger.undo()
    expect(mapOf(fresh, 'elements').has('late')).toBe(false)
    ledger.forget()
    expect(ledger.unsaved.get()).toBe(false)
  })
})

describe('pages', () => {
  const pages = () => pagesOf(mapOf(doc, PAGES).entries())
  const ids = () => pages().map(({ id }) => id)

  test('a board begins with one page, and others come after it', () => {
    expect(ids()).toEqual([MAIN])
    ledger.step(added(pages(), MAIN, [{ id: 'b' }, { id: 'c', name: 'Plan', paper: 'lined' }]))
    ledger.step(added(pages(), MAIN, [{ id: 'a' }]))
    expect(ids()).toEqual([MAIN, 'a', 'b', 'c'])
    expect(pages()[3]).toMatchObject({ name: 'Plan', paper: 'lined', slide: null })
  })

  test('pages are renamed, moved and get other paper, each by one entry', () => {
    ledger.step(added(pages(), null, [{ id: 'a' }, { id: 'b' }]))
    const [first] = pages()
    if (!first) throw new Error('there is a page')
    ledger.step(renamed(first, ' Anfang '))
    ledger.step(moved(pages(), MAIN, 2))
    expect(ids()).toEqual(['a', 'b', MAIN])
    ledger.step(moved(pages(), MAIN, 1))
    expect(ids()).toEqual(['a', MAIN, 'b'])
    const [, second] = pages()
    if (second) ledger.step(papered(second, 'squared'))
    expect(pages()[1]).toMatchObject({ name: 'Anfang', paper: 'squared' })
    expect(moved(pages(), MAIN, 1)).toEqual([])
  })

  test('a page goes with what is on it, and comes back with it; the last one stays', () => {
    expect(removed(pages(), MAIN, 'elements', [])).toEqual([])
    ledger.step(added(pages(), null, [{ id: 'a' }]))
    ledger.step([set('x', { n: 1 })])
    const before = pages()
    ledger.step(removed(pages(), MAIN, rootOf(MAIN), ['x']))
    expect(ids()).toEqual(['a'])
    expect(read('x')).toBeUndefined()
    expect(neighbour(pages(), before, MAIN)).toBe('a')
    ledger.undo()
    expect(ids()).toEqual([MAIN, 'a'])
    expect(read('x')).toEqual({ n: 1 })
  })

  test('nothing that others wrote is trusted', () => {
    const map = mapOf(doc, PAGES)
    map.set('../x', { order: 'A' })
    map.set('n', 5)
    map.set('ok', {
      name: 7,
      order: 3,
      paper: 'gold',
      slide: { file: '../../etc', number: 1, width: 1, height: 1 },
    })
    expect(pages()).toHaveLength(2)
    expect(pages().find(({ id }) => id === 'ok')).toEqual({
      id: 'ok',
      name: '',
      order: 'V',
      paper: 'dotted',
      slide: null,
    })
    map.set(MAIN, { deleted: true })
    map.delete('ok')
    expect(ids()).toEqual([MAIN])
  })
})

test('there is always a place between two places', () => {
  let low: string | null = null
  let high: string | null = null
  const places: string[] = []
  for (let at = 0; at < 200; at += 1) {
    const place = between(low, high)
    if (low !== null) expect(place > low).toBe(true)
    if (high !== null) expect(place < high).toBe(true)
    expect(place.endsWith('0')).toBe(false)
    places.push(place)
    if (at % 3 === 0) low = place
    else high = place
  }
  expect(new Set(places).size).toBe(200)
  expect(between('a', 'a') > 'a').toBe(true)
})

test('notes are read with suspicion', () => {
  expect(noteOf('{"type":"saved","client":1,"clock":2}')).toEqual({ type: 'saved', client: 1, clock: 2 })
  expect(noteOf('{"type":"kept","policy":{"policy":"days","days":7}}')).toEqual({
    type: 'kept',
    policy: 'days',
  })
  expect(noteOf('{"type":"saved"}')).toBeNull()
  expect(noteOf('nonsense')).toBeNull()
  expect(percentFull({ page: MAIN, bytes: 13, bytes_max: 16, shapes: 19_000, shapes_max: 20_000 })).toBe(95)
})
