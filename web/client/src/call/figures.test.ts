import { describe, expect, test } from 'vitest'
import { browserFamily, DeviceMemory, recall, sorted, troubleOf } from './devices'
import { segments, settle } from './meter'
import { Quality } from './quality'
import { figures } from './stats'

describe('the meter', () => {
  const tone = (amplitude: number): number[] =>
    Array.from({ length: 1024 }, (_, i) => amplitude * Math.sin((i / 32) * 2 * Math.PI))

  test('is dark in silence, full when loud, and grows in between', () => {
    expect(segments(new Float32Array(1024))).toBe(0)
    expect(segments(tone(1))).toBe(9)
    const levels = [0.003, 0.01, 0.03, 0.1, 0.3].map((amplitude) => segments(tone(amplitude)))
    expect(levels).toEqual(levels.toSorted((a, b) => a - b))
    expect(new Set(levels).size).toBe(5)
  })

  test('rises at once and falls step by step', () => {
    expect(settle(2, 8)).toBe(8)
    expect(settle(8, 0)).toBe(7)
  })
})

describe('devices', () => {
  test('a remembered device is found by id, else by its label', () => {
    const list = [
      { id: '1', label: 'Headset' },
      { id: '2', label: 'Tisch' },
    ]
    expect(recall(list, { id: '2', label: 'x' })).toBe('2')
    expect(recall(list, { id: 'old', label: 'Headset' })).toBe('1')
    expect(recall(list, { id: 'old', label: '' })).toBeNull()
    expect(recall(list, null)).toBeNull()
  })

  test('before permission, when ids are empty, there are none', () => {
    const info = (kind: MediaDeviceKind, deviceId: string): MediaDeviceInfo => ({
      kind,
      deviceId,
      label: '',
      groupId: '',
      toJSON: () => ({}),
    })
    const found = sorted([
      info('audioinput', ''),
      info('videoinput', 'v'),
      info('audiooutput', 'communications'),
    ])
    expect(found).toEqual({ microphone: [], camera: [{ id: 'v', label: '' }], speaker: [] })
  })

  test('errors become one word each', () => {
    const named = (name: string, message = ''): unknown => Object.assign(new Error(message), { name })
    expect(troubleOf(named('NotAllowedError', 'Permission denied'))).toBe('denied')
    expect(troubleOf(named('NotAllowedError', 'Permission dismissed'))).toBe('dismissed')
    expect(troubleOf(named('NotFoundError'))).toBe('missing')
    expect(troubleOf(named('NotReadableError'))).toBe('busy')
    expect(troubleOf('?')).toBe('failed')
  })

  test('knows whose words to use', () => {
    expect(browserFamily('Mozilla/5.0 (X11; Linux) Gecko Firefox/153.0', 0)).toBe('firefox')
    expect(browserFamily('Mozilla/5.0 Chrome/156.0 Safari/537.36', 0)).toBe('chromium')
    expect(browserFamily('Mozilla/5.0 (Macintosh) Version/18 Safari/605', 0)).toBe('safari')
    expect(browserFamily('Mozilla/5.0 (iPhone) Version/18 Safari/605', 5)).toBe('ios')
  })

  test('a choice is remembered, rubbish is not', () => {
    const kept = new Map<string, string>()
    const memory = new DeviceMemory({
      getItem: (key) => kept.get(key) ?? null,
      setItem: (key, value) => void kept.set(key, value),
    })
    expect(memory.get('camera')).toBeNull()
    memory.set('camera', { id: '1', label: 'Auge' })
    expect(memory.get('camera')).toEqual({ id: '1', label: 'Auge' })
    expect(memory.get('microphone')).toBeNull()
    kept.set('kegelbahn.camera', '7')
    expect(memory.get('camera')).toBeNull()
  })
})

describe('quality', () => {
  test('accuses after three bad samples and forgives after six good ones', () => {
    const quality = new Quality()
    let received = 0
    let lost = 0
    const sample = (bad: boolean): boolean => {
      received += 900
      lost += bad ? 100 : 0
      return quality.sample({ received, lost, upLoss: 0 })
    }
    sample(false)
    expect([sample(true), sample(true), sample(true)]).toEqual([false, false, true])
    expect(quality.weak).toBe(true)
    for (let i = 0; i < 5; i += 1) expect(sample(false)).toBe(false)
    expect(sample(false)).toBe(true)
    expect(quality.weak).toBe(false)
  })

  test('a new connection that counts from nothing is no loss', () => {
    const quality = new Quality()
    quality.sample({ received: 10_000, lost: 0, upLoss: 0 })
    for (let i = 1; i < 6; i += 1) quality.sample({ received: i * 10, lost: i * 3, upLoss: 0 })
    expect(quality.weak).toBe(false)
  })

  test('loss on the way up counts too', () => {
    const quality = new Quality()
    for (let i = 0; i < 5; i += 1) quality.sample({ received: i, lost: 0, upLoss: 0.2 })
    expect(quality.weak).toBe(true)
  })
})

test('the figures are summed over all slots', () => {
  expect(
    figures([
      { type: 'inbound-rtp', bytesReceived: 10, packetsReceived: 3, packetsLost: 1 },
      { type: 'inbound-rtp', bytesReceived: 5, packetsReceived: 2, packetsLost: -1 },
      { type: 'candidate-pair', bytesReceived: 100 },
      { type: 'remote-inbound-rtp', fractionLost: 0.1 },
      { type: 'codec' },
    ]),
  ).toEqual({ bytes: 115, counters: { received: 5, lost: 1, upLoss: 0.1 } })
})
