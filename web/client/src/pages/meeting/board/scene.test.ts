import type { ExcalidrawImperativeAPI } from '@excalidraw/excalidraw/types'
import { Awareness } from 'y-protocols/awareness'
import * as Y from 'yjs'
import { expect, test, vi } from 'vitest'
import { Binding } from '../../../board/binding'
import { MAIN, mapOf } from '../../../board/document'
import type { Element } from '../../../board/elements'
import { Ledger } from '../../../board/ledger'
import { change, clock, element, timing } from '../../../board/made-up'
import { ExcalidrawScene } from './scene'

type Placed = { -readonly [Key in keyof Element]: Element[Key] } & { index?: string }

let nonce = 1000
/** Gives places in this order to those that have none or the same as another, as Excalidraw does: in place. */
function places(elements: readonly Placed[]): void {
  let last = ''
  for (const one of elements) {
    if (one.index !== undefined && one.index > last) last = one.index
    else {
      last = `${last || 'a'}1`
      Object.assign(one, { index: last, version: one.version + 1, versionNonce: (nonce += 1) })
    }
  }
}

vi.mock('@excalidraw/excalidraw', () => ({
  CaptureUpdateAction: {},
  restoreElements: (elements: readonly Placed[]) => {
    const made = elements.map((one) => ({ ...one }))
    places(made)
    return made
  },
}))

class MadeUpExcalidraw {
  elements: Placed[] = []
  readonly history = { clear: () => undefined }
  getAppState = () => ({})
  getSceneElementsIncludingDeleted = () => this.elements
  updateScene = ({ elements }: { elements: Placed[] }) => {
    this.elements = elements
    places(elements)
  }
}

test('places that Excalidraw gives to what others drew without any are nobody’s step', () => {
  const doc = new Y.Doc()
  const map = mapOf(doc, 'elements')
  map.set('x', element('x', 1))
  map.set('y', element('y', 2))
  const excalidraw = new MadeUpExcalidraw()
  const scene = new ExcalidrawScene(excalidraw as unknown as ExcalidrawImperativeAPI)
  const ledger = new Ledger(doc)
  const binding = new Binding({ doc, awareness: new Awareness(doc) }, MAIN, scene, ledger, timing)
  const shown = (): void => {
    binding.changed(change(excalidraw.elements))
    clock.pass(60)
  }
  shown()
  map.set('z', element('z', 3))
  clock.pass(60)
  shown()
  expect(excalidraw.elements.map(({ index }) => index)).toEqual(['a1', 'a11', 'a111'])
  expect(ledger.steps.get()).toEqual({ undo: false, redo: false })
  expect(map.get('y')).toEqual(element('y', 2))
  // What this person does to one of them is.
  const [first] = excalidraw.elements
  Object.assign(first ?? {}, { x: 7, versionNonce: 9 })
  shown()
  expect(map.get('x')).toMatchObject({ x: 7, index: 'a1' })
  ledger.undo()
  expect(map.get('x')).not.toHaveProperty('x')
  expect(ledger.steps.get().undo).toBe(false)
})
