import { expect, test } from 'vitest'
import type { Participant } from '../signalling/protocol'
import { tiles } from './tiles'

const person = (id: string, fields: Partial<Participant> = {}): Participant => ({
  id,
  name: id,
  role: 'guest',
  ball: 0,
  microphone: true,
  camera: true,
  screen: false,
  away: false,
  presenter: false,
  may_draw: true,
  ...fields,
})
const own = { microphone: true, camera: true, screen: false }

test('oneself stands first and needs no slot; the others keep their order', () => {
  const { people } = tiles(
    {
      you: 'me',
      participants: [person('a'), person('me'), person('b')],
      slots: { v0: { participant: 'b', kind: 'camera' } },
      quality: {},
      speaking: [],
    },
    own,
  )
  expect(people.map((p) => p.id)).toEqual(['me', 'a', 'b'])
  expect(people.map((p) => p.mid)).toEqual([null, null, 'v0'])
  expect(people.map((p) => p.arriving)).toEqual([false, true, false])
})

test('a camera that is off shows no picture, whatever the slot still holds', () => {
  const { people } = tiles(
    {
      you: 'me',
      participants: [person('a', { camera: false })],
      slots: { v0: { participant: 'a', kind: 'camera' } },
      quality: {},
      speaking: [],
    },
    own,
  )
  expect(people[0]).toMatchObject({ mid: null, arriving: false })
})

test('nobody muted is shown speaking, and one’s own switch counts at once', () => {
  const meeting = {
    you: 'me',
    participants: [person('me'), person('a', { microphone: false })],
    slots: {},
    quality: {},
    speaking: ['me', 'a'],
  }
  expect(tiles(meeting, own).people.map((p) => [p.speaking, p.muted])).toEqual([
    [true, false],
    [false, true],
  ])
  expect(tiles(meeting, { ...own, microphone: false }).people[0]).toMatchObject({
    speaking: false,
    muted: true,
  })
})

test('a shared screen gets its own tile at once, one’s own without a slot', () => {
  const meeting = {
    you: 'me',
    participants: [person('me'), person('a', { screen: true }), person('b', { screen: true })],
    slots: { v3: { participant: 'a', kind: 'screen' as const } },
    quality: { v3: { layer: null, reason: 'paused' as const } },
    speaking: [],
  }
  expect(tiles(meeting, { ...own, screen: true }).screens).toEqual([
    { id: 'me', name: 'me', own: true, mid: null, paused: false, unplayable: false },
    { id: 'a', name: 'a', own: false, mid: 'v3', paused: true, unplayable: false },
    { id: 'b', name: 'b', own: false, mid: null, paused: false, unplayable: false },
  ])
})

test('a picture that pauses is no picture that comes', () => {
  const { people } = tiles(
    {
      you: 'me',
      participants: [person('a')],
      slots: { v0: { participant: 'a', kind: 'camera' } },
      quality: { v0: { layer: null, reason: 'paused' } },
      speaking: [],
    },
    own,
  )
  expect(people[0]).toMatchObject({ mid: 'v0', paused: true, unplayable: false, arriving: false })
})

test('a picture that the browser cannot show is no pause', () => {
  const { people } = tiles(
    {
      you: 'me',
      participants: [person('a')],
      slots: { v0: { participant: 'a', kind: 'camera' } },
      quality: { v0: { layer: null, reason: 'codec' } },
      speaking: [],
    },
    own,
  )
  expect(people[0]).toMatchObject({ mid: 'v0', paused: false, unplayable: true, arriving: false })
})
