import * as Y from 'yjs'
import { beforeEach, expect, test } from 'vitest'
import { Arrival, type ArrivalBoard } from './arrival'
import { MAIN, mapOf, PAGES, rootOf } from './document'
import { Ledger, STEPS_MAX, type Cut } from './ledger'
import { added, moved, pagesOf, removed } from './pages'

let doc: Y.Doc
let ledger: Ledger
let board: ArrivalBoard
const pages = () => pagesOf(mapOf(doc, PAGES).entries())
const ids = () => pages().map(({ id }) => id)
const fresh = (...names: string[]) => names.map((id) => ({ id }))
const draw = (page: string, key: string) =>
  ledger.step([{ root: rootOf(page), key, value: { id: key, version: 1 } }])

beforeEach(() => {
  doc = new Y.Doc()
  ledger = new Ledger(doc, () => 0.5)
  board = {
    pages: { get: pages },
    begin: (cut) => ledger.begin(cut),
    elementsOf: (page) => [...mapOf(doc, rootOf(page)).entries()],
  }
})

function arrival(after = MAIN): { arrival: Arrival; cuts: Cut[] } {
  const cuts: Cut[] = []
  return { arrival: new Arrival(board, after, (why) => cuts.push(why)), cuts }
}

test('pages come one after the other, and are one step', () => {
  ledger.step(added(pages(), MAIN, fresh('end')))
  const { arrival: slides } = arrival()
  expect(slides.begun).toBe(false)
  slides.add(fresh('s1'))
  slides.add(fresh('s2', 's3'))
  expect(ids()).toEqual([MAIN, 's1', 's2', 's3', 'end'])
  slides.end()
  expect(slides.add(fresh('s4'))).toBe(false)
  ledger.undo()
  expect(ids()).toEqual([MAIN, 'end'])
  ledger.redo()
  expect(ids()).toEqual([MAIN, 's1', 's2', 's3', 'end'])
})

test('they stay together whatever others do meanwhile, and what others did stays', () => {
  ledger.step(added(pages(), MAIN, fresh('end')))
  const { arrival: slides } = arrival()
  const others = new Ledger(doc)
  slides.add(fresh('s1', 's2', 's3'))
  // A page of theirs behind what is there so far, one of the slides to the end, one away, and something drawn.
  others.step(added(pages(), 's3', fresh('note')))
  others.step(moved(pages(), 's3', ids().length - 1))
  others.step(removed(pages(), 's1', rootOf('s1'), []))
  others.step([{ root: rootOf('s2'), key: 'x', value: { id: 'x' } }])
  slides.add(fresh('s4'))
  slides.add(fresh('s5'))
  slides.end()
  expect(ids()).toEqual([MAIN, 's2', 's4', 's5', 'note', 'end', 's3'])
  expect(mapOf(doc, rootOf('s2')).has('x')).toBe(true)
})

test('somebody’s page in the very same place does not send the rest to the end', () => {
  ledger.step(added(pages(), MAIN, fresh('end')))
  const { arrival: slides } = arrival()
  slides.add(fresh('s1', 's2'))
  const place = pages().find(({ id }) => id === 's2')?.order
  mapOf(doc, PAGES).set('a', { id: 'a', name: '', order: place, paper: 'blank' })
  slides.add(fresh('s3'))
  expect(ids()).toEqual([MAIN, 's1', 'a', 's2', 's3', 'end'])
})

test('what is drawn meanwhile is a step of its own, taken back first, and a gesture stays whole', () => {
  const at = (value: unknown) => [{ root: 'elements', key: 'g', value }]
  const { arrival: slides } = arrival()
  ledger.write(at({ x: 1 }), null)
  slides.add(fresh('s1'))
  ledger.write(at({ x: 2 }), null)
  ledger.seal()
  draw(MAIN, 'drawn')
  slides.add(fresh('s2'))
  slides.end()
  ledger.undo()
  expect(board.elementsOf(MAIN).map(([key]) => key)).toEqual(['g'])
  expect(ids()).toEqual([MAIN, 's1', 's2'])
  ledger.undo()
  expect(board.elementsOf(MAIN)).toEqual([])
  ledger.undo()
  expect(ids()).toEqual([MAIN])
  expect(ledger.steps.get()).toEqual({ undo: false, redo: true })
})

test('what was taken back goes whole, with what was drawn on it, and never comes again', () => {
  draw(MAIN, 'before')
  const { arrival: slides, cuts } = arrival()
  slides.add(fresh('s1', 's2'))
  mapOf(doc, rootOf('s1')).set('theirs', { id: 'theirs', version: 1 })
  draw(MAIN, 'mine')
  slides.takeBack()
  expect(ids()).toEqual([MAIN])
  expect(board.elementsOf('s1')).toEqual([])
  expect(slides.add(fresh('s3'))).toBe(false)
  expect(cuts).toEqual([])
  ledger.undo()
  expect(board.elementsOf(MAIN).map(([key]) => key)).toEqual(['before'])
  ledger.redo()
  ledger.redo()
  expect(ids()).toEqual([MAIN])
})

test('undoing it before its end is the end of it', () => {
  const { arrival: slides, cuts } = arrival()
  slides.add(fresh('s1', 's2'))
  ledger.undo()
  expect(cuts).toEqual(['undone'])
  expect(ids()).toEqual([MAIN])
  expect(slides.add(fresh('s3'))).toBe(false)
  slides.takeBack()
  expect(ledger.steps.get()).toEqual({ undo: false, redo: false })
  expect(ids()).toEqual([MAIN])
})

test('it is heard when the server refuses, and what is there goes also out of the document that comes then', () => {
  const { arrival: slides, cuts } = arrival()
  slides.add(fresh('s1'))
  const kept = new Y.Doc()
  Y.applyUpdate(kept, Y.encodeStateAsUpdate(doc))
  slides.add(fresh('s2'))
  ledger.forget()
  expect(cuts).toEqual(['refused'])
  slides.takeBack()
  ledger.adopt(kept)
  doc = kept
  expect(ids()).toEqual([MAIN])
})

test('drawing so much meanwhile that it is forgotten as a step does not end it', () => {
  const { arrival: slides } = arrival()
  slides.add(fresh('s1'))
  for (let at = 0; at < STEPS_MAX; at += 1) draw(MAIN, `e${at}`)
  expect(slides.add(fresh('s2'))).toBe(true)
  slides.takeBack()
  expect(ids()).toEqual([MAIN])
})
