import * as Y from 'yjs'
import { expect, test, vi } from 'vitest'
import { mapOf } from './document'
import { Ledger } from './ledger'
import { differences, DiskFull, documentOf, ServerVersions, VersionDamaged } from './versions'

test('an earlier state comes back in one step, on every page, and goes again', () => {
  const then = new Y.Doc()
  mapOf(then, 'elements').set('a', { x: 1 })
  mapOf(then, 'elements:p').set('b', { x: 2 })
  mapOf(then, 'pages').set('p', { id: 'p', order: 'X' })
  const past = new Y.Doc()
  const now = new Y.Doc()
  Y.applyUpdate(past, Y.encodeStateAsUpdate(then))
  Y.applyUpdate(now, Y.encodeStateAsUpdate(then))
  mapOf(now, 'elements').set('a', { x: 9 })
  mapOf(now, 'elements').set('new', { x: 3 })
  mapOf(now, 'elements:p').delete('b')
  const ledger = new Ledger(now)
  const changes = differences(now, past)
  expect(changes).toHaveLength(3)
  ledger.step(changes)
  expect(mapOf(now, 'elements').toJSON()).toEqual({ a: { x: 1 } })
  expect(mapOf(now, 'elements:p').toJSON()).toEqual({ b: { x: 2 } })
  expect(differences(now, past)).toEqual([])
  ledger.undo()
  expect(mapOf(now, 'elements').toJSON()).toEqual({ a: { x: 9 }, new: { x: 3 } })
  expect(mapOf(now, 'elements:p').size).toBe(0)
})

test('a version that the server or Yjs finds damaged is told as such, and other failures are not', async () => {
  const then = new Y.Doc()
  mapOf(then, 'elements').set('a', { x: 1 })
  const state = Y.encodeStateAsUpdate(then)
  expect(mapOf(documentOf(state), 'elements').toJSON()).toEqual({ a: { x: 1 } })
  expect(() => documentOf(state.slice(0, 5))).toThrow(VersionDamaged)
  const versions = new ServerVersions(() => ({ id: 'board', ticket: 'ticket' }))
  const answers = [410, 507, 500].map((status) => new Response('{}', { status }))
  vi.stubGlobal('fetch', async () => answers.shift())
  await expect(versions.read('v')).rejects.toThrow(VersionDamaged)
  await expect(versions.make('by_hand')).rejects.toThrow(DiskFull)
  await expect(versions.read('v')).rejects.not.toThrow(VersionDamaged)
  vi.unstubAllGlobals()
})
