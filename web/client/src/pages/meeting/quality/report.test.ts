import { expect, test } from 'vitest'
import type { PersonQuality } from '../../../call/person-quality'
import { levelWord, ownRows, personRows, reportText } from './report'

const quality: PersonQuality = {
  level: 3,
  loss: 0.0345,
  jitterMs: 8,
  roundTripMs: 1234,
  picture: { width: 640, height: 360, fps: 24 },
  layer: 'm',
  reason: 'size',
  bitrate: 412_345,
  freezes: 0,
}
const around = { path: 'direct (UDP)', browser: 'chromium' }

test('a report tells every figure and the reason, and whose it is only as own or other', () => {
  expect(reportText('other', quality, personRows(quality, 'en'), around, 'en').split('\n')).toEqual([
    'Kegelbahn: report on the connection to another person',
    'Verdict: fair',
    'Loss: 3.5 %',
    'Jitter: 8 ms',
    'Round trip: 1,234 ms',
    'Picture: 640 × 360, 24 fps',
    'Layer: medium (m)',
    'Data rate: 412 kbit/s',
    'Why so: The picture fits the size you see it in. You would not notice more.',
    'Path: direct (UDP)',
    'Browser: chromium',
  ])
})

test('what nobody measured is said to be so', () => {
  const nothing: PersonQuality = {
    ...quality,
    level: null,
    loss: null,
    jitterMs: null,
    roundTripMs: null,
    picture: null,
    layer: null,
    reason: null,
  }
  const rows = Object.fromEntries(personRows(nothing, 'de').map(({ label, value }) => [label, value]))
  expect(rows).toMatchObject({ Verlust: 'nicht gemessen', 'Hin und zurück': 'nicht gemessen', Bild: 'keins' })
  expect(rows).not.toHaveProperty('Stufe')
  expect(levelWord(null, 'de')).toBe('noch nichts zu messen')
  expect(levelWord(1, 'de')).toBe('kaum')
})

test('one’s own report names each layer that is sent, the largest first, on one line', () => {
  const layer = { mid: 'cam', bitrate: 1, fps: 24 }
  const own = {
    level: 4 as const,
    upLoss: 0,
    downLoss: 0.5,
    jitterMs: 1,
    roundTripMs: 2,
    bitrate: 1_500_000,
    estimate: 2_000_000,
    sent: [
      { ...layer, rid: 'l', width: 320, height: 180 },
      { ...layer, rid: 'h', width: 1280, height: 720 },
    ],
  }
  const text = reportText(
    'own',
    { level: own.level, reason: null },
    ownRows(own, 'de'),
    { ...around, path: null },
    'de',
  )
  expect(text).toContain('Du schickst: 1280 × 720, 24 Bilder/s; 320 × 180, 24 Bilder/s\n')
  expect(text).toContain('Verlust her: 50 %\n')
  expect(text).toContain('Platz zu dir: 2.000 kbit/s')
  expect(text).not.toContain('Weg:')
})
