import { expect, test } from 'vitest'
import type { Room } from '../../api'
import { isShortName, shortNameFrom, undoOf } from './edits'

const ROOM: Room = {
  id: 'r1',
  name: 'Plenum',
  colour: 'pine',
  emoji: null,
  link: 'x'.repeat(22),
  url: 'https://a/r/x',
  short_name: 'plenum',
  lobby: 'knock',
  drawing: 'everyone',
  cursors: true,
  keeping: { policy: 'wipe' },
  present: 0,
  waiting: 0,
}

test('undoing gives back what was, and nothing else', () => {
  expect(undoOf(ROOM, { keeping: { policy: 'keep' } })).toEqual({ keeping: { policy: 'wipe' } })
  expect(undoOf(ROOM, { short_name: null, emoji: '🎳' })).toEqual({ short_name: 'plenum', emoji: null })
  expect(undoOf(ROOM, {})).toEqual({})
})

test('a room’s name suggests a short name that the rules allow', () => {
  expect(shortNameFrom('Flauschpyramide')).toBe('flauschpyramide')
  expect(shortNameFrom('Lesekreis „Dicke Bücher“')).toBe('lesekreis-dicke-buec')
  expect(shortNameFrom('Café Größe')).toBe('cafe-groesse')
  expect(shortNameFrom('会議')).toBe('')
  expect(shortNameFrom('AG')).toBe('')
  for (const name of ['Bundesarbeitsgemeinschaft Kegelsport', '  -- 1 2 3 --', 'a-b-c-d-e-f-g-h-i-j-k'])
    expect(isShortName(shortNameFrom(name))).toBe(true)
})

test('short names are checked before the server is asked', () => {
  for (const good of ['abc', 'raum-12', 'a'.repeat(20)]) expect(isShortName(good)).toBe(true)
  for (const bad of ['', 'ab', 'a'.repeat(21), 'Raum', 'raum 1', '-raum', 'raum-', 'größe'])
    expect(isShortName(bad)).toBe(false)
})
