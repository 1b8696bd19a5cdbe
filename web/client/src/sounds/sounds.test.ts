import { describe, expect, test } from 'vitest'
import type { Participant } from '../signalling/protocol'
import { cue } from './cues'
import { peak, QUIET_ABOVE, SCORES } from './sounds'

const person = (id: string): Participant => ({
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
})
const empty = { phase: 'inside' as const, participants: [], knocks: [] }

describe('the score', () => {
  test('a knock is two wood hits 140 ms apart', () => {
    expect([...new Set(SCORES.knock.map((note) => note.at))]).toEqual([0, 0.14])
  })

  test('coming rises, going falls, and neither is loud', () => {
    const [join] = SCORES.join
    const [leave] = SCORES.leave
    if (join?.kind !== 'sine' || leave?.kind !== 'sine') throw new Error('not a sine')
    expect(join.to).toBeGreaterThan(join.from)
    expect(leave.to).toBeLessThan(leave.from)
    expect(peak(join, false)).toBeCloseTo(0.063, 3)
  })

  test('while one speaks, nothing is louder than −24 dBFS', () => {
    const notes = Object.values(SCORES).flat()
    expect(notes.some((note) => peak(note, false) > 0.0631)).toBe(true)
    for (const note of notes) expect(peak(note, true)).toBeLessThanOrEqual(0.0631)
  })
})

describe('cues', () => {
  const knock = (id: string): { participant: string; name: string; waiting_seconds: number } => ({
    participant: id,
    name: id,
    waiting_seconds: 0,
  })

  test('only a new knock knocks', () => {
    expect(cue({ type: 'knocks', knocks: [knock('a')] }, empty)).toBe('knock')
    const known = { ...empty, knocks: [{ participant: 'a', name: 'a', since: 0 }] }
    expect(cue({ type: 'knocks', knocks: [knock('a')] }, known)).toBeNull()
    expect(cue({ type: 'knocks', knocks: [] }, known)).toBeNull()
  })

  test('coming and going is heard among few and silent among many', () => {
    const joined = { type: 'participant_joined' as const, participant: person('x') }
    expect(cue(joined, empty)).toBe('join')
    const many = { ...empty, participants: Array.from({ length: QUIET_ABOVE + 1 }, (_, i) => person(`${i}`)) }
    expect(cue(joined, many)).toBeNull()
    expect(cue({ type: 'participant_left', participant: '3' }, many)).toBeNull()
    expect(
      cue({ type: 'participant_left', participant: 'x' }, { ...empty, participants: [person('x')] }),
    ).toBe('leave')
  })

  test('being let in is heard only by who waited', () => {
    const welcome = {
      type: 'welcome' as const,
      participants: [],
      slots: [],
      settings: { drawing: 'everyone' as const, cursors: true, keeping: { policy: 'wipe' as const } },
      board: { id: 'b', ticket: 't' },
      may_draw: true,
      knocks: [],
    }
    expect(cue(welcome, { ...empty, phase: 'waiting' })).toBe('let_in')
    expect(cue(welcome, { ...empty, phase: 'joining' })).toBeNull()
  })
})
