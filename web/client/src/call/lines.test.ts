import { describe, expect, test } from 'vitest'
import { LineWatch, noLines, type Line, type Lines } from './lines'
import { levelOf, ownQuality, personQuality } from './person-quality'
import type { Entry } from './stats'

/** A camera slot after `seconds` of 100 packets a second, `lost` of them lost on the way. */
const camera = (seconds: number, fields: Partial<Entry> = {}): Entry => ({
  type: 'inbound-rtp',
  kind: 'video',
  mid: 'v0',
  packetsReceived: seconds * 100,
  packetsLost: 0,
  bytesReceived: seconds * 50_000,
  jitter: 0.0124,
  frameWidth: 640,
  frameHeight: 360,
  framesDecoded: seconds * 24,
  freezeCount: 0,
  ...fields,
})

describe('the figures of a line', () => {
  test('are rates between samples, by slot', () => {
    const watch = new LineWatch()
    expect(watch.sample([camera(10)], 0)).toEqual(noLines)
    const { slots, downBitrate, downLoss } = watch.sample([camera(12)], 2000)
    expect(slots).toEqual({
      v0: {
        loss: 0,
        jitterMs: 12,
        bitrate: 400_000,
        picture: { width: 640, height: 360, fps: 24 },
        freezes: 0,
      },
    })
    expect([downBitrate, downLoss]).toEqual([400_000, 0])
  })

  test('remember loss for ten seconds, and then forget it', () => {
    const watch = new LineWatch()
    const loss = (second: number, packetsLost: number): number | null | undefined =>
      watch.sample([camera(second, { packetsLost })], second * 1000).slots['v0']?.loss
    loss(0, 0)
    expect(loss(2, 50)).toBeCloseTo(0.2)
    expect(loss(4, 50)).toBeCloseTo(1 / 9)
    for (const second of [6, 8, 10]) expect(loss(second, 50)).toBeGreaterThan(0)
    expect(loss(12, 50)).toBe(0)
  })

  test('say nothing of loss from a handful of packets, and show no picture where none flows', () => {
    const watch = new LineWatch()
    watch.sample([camera(1)], 0)
    const { slots } = watch.sample([camera(1, { packetsReceived: 103 })], 2000)
    expect(slots['v0']).toMatchObject({ loss: null, picture: null, bitrate: 0 })
  })

  test('begin anew on a new connection', () => {
    const watch = new LineWatch()
    watch.sample([camera(100, { packetsLost: 900 })], 0)
    expect(watch.sample([camera(1)], 2000).slots).toEqual({})
    expect(watch.sample([camera(3)], 4000).slots['v0']?.loss).toBe(0)
  })

  test('of what is sent name the layers that really flow', () => {
    const watch = new LineWatch()
    const layer = (rid: string, bytesSent: number, framesEncoded: number, active = true): Entry => ({
      type: 'outbound-rtp',
      kind: 'video',
      mid: 'cam',
      rid,
      active,
      bytesSent,
      framesEncoded,
      frameWidth: 320,
      frameHeight: 180,
    })
    const pair: Entry = {
      type: 'candidate-pair',
      nominated: true,
      state: 'succeeded',
      currentRoundTripTime: 0.042,
    }
    const heard: Entry = { type: 'remote-inbound-rtp', kind: 'audio', fractionLost: 0.01, jitter: 0.003 }
    watch.sample([layer('l', 0, 0), layer('h', 5000, 50)], 0)
    const now = watch.sample([layer('l', 25_000, 48), layer('h', 5000, 50, false), pair, heard], 2000)
    expect(now.sent).toEqual([{ rid: 'l', mid: 'cam', bitrate: 100_000, width: 320, height: 180, fps: 24 }])
    expect(now).toMatchObject({ roundTripMs: 42, upLoss: 0.01, upJitterMs: 3 })
  })
})

describe('a person', () => {
  const line = (fields: Partial<Line> = {}): Line => ({
    loss: 0,
    jitterMs: 5,
    bitrate: 100_000,
    picture: null,
    freezes: 0,
    ...fields,
  })
  const meeting = {
    slots: {
      a0: { participant: 'p2', kind: 'microphone' as const },
      v0: { participant: 'p2', kind: 'camera' as const },
      v1: { participant: 'p3', kind: 'camera' as const },
    },
    quality: { v0: { layer: 'm' as const, reason: 'size' as const } },
    estimate: 900_000,
  }
  const lines: Lines = { ...noLines, slots: { a0: line({ loss: 0.04 }), v0: line() }, roundTripMs: 30 }

  test('is as good as the worse of sound and picture', () => {
    expect(personQuality('p2', meeting, lines)).toMatchObject({
      level: 3,
      loss: 0.04,
      layer: 'm',
      reason: 'size',
      bitrate: 200_000,
      roundTripMs: 30,
    })
  })

  test('of whom nothing comes is not judged, but a picture that pauses is', () => {
    expect(personQuality('p3', meeting, lines).level).toBeNull()
    const paused = { ...meeting, quality: { v1: { layer: null, reason: 'paused' as const } } }
    expect(personQuality('p3', paused, lines).level).toBe(1)
  })

  test('oneself is judged both ways, and by what the server holds back', () => {
    expect(ownQuality(meeting, noLines).level).toBeNull()
    expect(ownQuality(meeting, { ...noLines, roundTripMs: 20, upLoss: 0.1 }).level).toBe(2)
    const held = { ...meeting, quality: { v0: { layer: 'l' as const, reason: 'line' as const } } }
    expect(ownQuality(held, { ...noLines, roundTripMs: 20 })).toMatchObject({ level: 2, estimate: 900_000 })
  })

  test('has fewer bars the more is lost, late or frozen', () => {
    const at = (fields: object): number =>
      levelOf({ loss: 0, jitterMs: 5, roundTripMs: 30, freezes: 0, ...fields }, null)
    expect([0.01, 0.05, 0.1, 0.3].map((loss) => at({ loss }))).toEqual([4, 3, 2, 1])
    expect([100, 400, 700, 2000].map((roundTripMs) => at({ roundTripMs }))).toEqual([4, 3, 2, 1])
    expect([0, 1, 2, 9].map((freezes) => at({ freezes }))).toEqual([4, 3, 2, 1])
    expect(at({ loss: null, jitterMs: null })).toBe(4)
  })
})
