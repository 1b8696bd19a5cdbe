import { describe, expect, test } from 'vitest'
import { readDoor } from './doors'

const HOST = 'kegeln.example:8443'
const LINK = 'Ab3_dEfGhIjKlMnOpQrStU'

describe('a link leads to its room', () => {
  test.each([
    [`https://${HOST}/r/${LINK}`],
    [`  https://${HOST}/r/${LINK}  `],
    [`<https://${HOST}/r/${LINK}>`],
    [`https://${HOST}/r/${LINK}.`],
    [`https://${HOST}/r/${LINK}?x=1#y`],
    [`${HOST}/r/${LINK}`],
    [`/r/${LINK}`],
    [`r/${LINK}`],
    [LINK],
  ])('%s', (typed) => {
    expect(readDoor(typed, HOST)).toEqual({ kind: 'door', door: LINK, path: `/r/${LINK}` })
  })
})

test('a short name is typed any way', () => {
  const door = { kind: 'door', door: 'plenum-1', path: '/plenum-1' }
  expect(readDoor('Plenum-1', HOST)).toEqual(door)
  expect(readDoor(`https://${HOST}/plenum-1`, HOST)).toEqual(door)
  expect(readDoor(`${HOST}/plenum-1/`, HOST)).toEqual(door)
})

test('another server is named, not asked', () => {
  expect(readDoor(`https://elsewhere.example/r/${LINK}`, HOST)).toEqual({
    kind: 'elsewhere',
    host: 'elsewhere.example',
  })
})

test('what cannot be a door is not asked for', () => {
  expect(readDoor('   ', HOST)).toEqual({ kind: 'empty' })
  for (const typed of ['load', 'ab', 'r/short', 'a b c', 'https://', 'x/y/z', '../etc', 'größe'])
    expect(readDoor(typed, HOST)).toEqual({ kind: 'nothing' })
})
