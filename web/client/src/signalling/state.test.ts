import { describe, expect, test } from 'vitest'
import { joined } from './made-up'
import type { Participant, ServerMessage } from './protocol'
import { newMeeting, reduce, type Meeting } from './state'

const tilo: Participant = {
  id: 'p2',
  name: 'Tilo',
  role: 'host',
  ball: 1,
  microphone: true,
  camera: true,
  screen: false,
  away: false,
  presenter: false,
  may_draw: true,
}
const juna: Participant = { ...tilo, id: 'p1', name: 'Juna', role: 'guest', ball: 7 }
const welcome: ServerMessage = {
  type: 'welcome',
  participants: [tilo, juna],
  slots: [
    { mid: 'a0', source: { participant: 'p2', kind: 'microphone' } },
    { mid: 'v0', source: null },
  ],
  settings: { drawing: 'everyone', cursors: true, keeping: { policy: 'wipe' } },
  board: { id: 'b1', ticket: 't1' },
  may_draw: true,
  knocks: [],
}

function after(messages: readonly ServerMessage[], from: Meeting = newMeeting, now = 1000): Meeting {
  return messages.reduce((state, message) => reduce(state, { type: 'server', message, now }), from)
}

describe('a meeting', () => {
  test('goes from the door over the bench into the room', () => {
    const bench = after([joined(), { type: 'waiting', ahead: 1 }])
    expect(bench).toMatchObject({ phase: 'waiting', ahead: 1, you: 'p1', link: { kind: 'open' } })
    expect(bench.participants).toEqual([])
    const inside = after([welcome], bench, 5000)
    expect(inside).toMatchObject({ phase: 'inside', insideSince: 5000, mayDraw: true, board: { id: 'b1' } })
    expect(inside.participants.map((p) => p.name)).toEqual(['Tilo', 'Juna'])
  })

  test('keeps the order of arrival when somebody changes', () => {
    const state = after([
      joined(),
      welcome,
      { type: 'participant_changed', participant: { ...tilo, microphone: false } },
      { type: 'participant_joined', participant: { ...tilo, id: 'p3', name: 'Ines' } },
      { type: 'participant_joined', participant: { ...tilo, id: 'p3', name: 'Ines' } },
    ])
    expect(state.participants.map((p) => p.id)).toEqual(['p2', 'p1', 'p3'])
    expect(state.participants[0]?.microphone).toBe(false)
  })

  test('changes only the slots that were named', () => {
    const state = after([
      joined(),
      welcome,
      { type: 'slots', slots: [{ mid: 'v0', source: { participant: 'p2', kind: 'camera' } }] },
    ])
    expect(state.slots['v0']).toEqual({ participant: 'p2', kind: 'camera' })
    expect(state.slots['a0']).toEqual({ participant: 'p2', kind: 'microphone' })
  })

  test('forgets who leaves, also among the speaking', () => {
    const state = after([
      joined(),
      welcome,
      { type: 'speaking', participants: ['p2', 'p1'] },
      { type: 'participant_left', participant: 'p2' },
    ])
    expect(state.participants.map((p) => p.id)).toEqual(['p1'])
    expect(state.speaking).toEqual(['p1'])
  })

  test('keeps the moment of a knock steady', () => {
    const knock = { participant: 'k', name: 'Jana', waiting_seconds: 20 }
    const first = after([joined(), { ...welcome, knocks: [knock] }], newMeeting, 100_000)
    expect(first.knocks).toEqual([{ participant: 'k', name: 'Jana', since: 80_000 }])
    const again = after([{ type: 'knocks', knocks: [{ ...knock, waiting_seconds: 25 }] }], first, 106_000)
    expect(again.knocks[0]?.since).toBe(80_000)
  })

  test('says how long one was away, but not for a blink', () => {
    const inside = after([joined(), welcome])
    const lost = reduce(inside, { type: 'socket_lost', now: 10_000 })
    expect(lost.link).toEqual({ kind: 'lost', since: 10_000 })
    expect(reduce(lost, { type: 'socket_lost', now: 12_000 })).toBe(lost)
    expect(after([joined(), welcome], lost, 14_000).returned).toEqual({ awayMs: 4000, at: 14_000 })
    expect(after([joined(), welcome], lost, 10_400).returned).toBeNull()
    expect(after([joined(), welcome], lost, 14_000).insideSince).toBe(1000)
  })

  test('a restart is no end', () => {
    const state = after([joined(), welcome, { type: 'bye', reason: 'restarting' }], newMeeting, 7000)
    expect(state).toMatchObject({ phase: 'inside', link: { kind: 'restarting', since: 7000 } })
    expect(reduce(state, { type: 'socket_lost', now: 7001 })).toBe(state)
  })

  test('who has to wait again forgets the room', () => {
    const inside = after([joined(), welcome])
    const bench = after([joined({ you: 'p9' }), { type: 'waiting', ahead: 0 }], inside)
    expect(bench).toMatchObject({
      phase: 'waiting',
      you: 'p9',
      participants: [],
      board: null,
      insideSince: null,
    })
    expect(bench.room?.name).toBe('Flauschpyramide')
  })

  test('an end is final and keeps nobody’s name', () => {
    const state = after([joined(), welcome, { type: 'bye', reason: 'removed' }])
    expect(state).toMatchObject({ phase: 'ended', ending: 'removed', participants: [], board: null })
    expect(state.room?.name).toBe('Flauschpyramide')
    expect(after([welcome], state)).toBe(state)
  })

  test('a refusal stays until it was seen', () => {
    const state = after([joined(), { type: 'error', code: 'forbidden', message: 'no' }], newMeeting, 3)
    expect(state.refusal).toEqual({ code: 'forbidden', message: 'no', at: 3 })
    expect(reduce(state, { type: 'refusal_seen' }).refusal).toBeNull()
  })
})

test('what is said of a slot’s picture holds until the slot changes hands', () => {
  const seen = after([
    joined(),
    welcome,
    { type: 'quality', slots: [{ mid: 'v0', layer: 'm', reason: 'size' }], estimate: 900_000 },
    { type: 'quality', slots: [{ mid: 'v1', layer: null, reason: 'paused' }], estimate: 300_000 },
  ])
  expect(seen.quality).toEqual({
    v0: { layer: 'm', reason: 'size' },
    v1: { layer: null, reason: 'paused' },
  })
  expect(seen.estimate).toBe(300_000)
  const moved = after([{ type: 'slots', slots: [{ mid: 'v0', source: null }] }], seen)
  expect(moved.quality).toEqual({ v1: { layer: null, reason: 'paused' } })
})
