import { expect, test } from 'vitest'
import { Playout, type Speaker } from './playout'

const track = { kind: 'audio' } as MediaStreamTrack

function playout(play: () => Promise<void>): {
  playout: Playout
  speakers: (Speaker & { sinks: string[] })[]
} {
  const speakers: (Speaker & { sinks: string[] })[] = []
  const made = new Playout(
    () => {
      const sinks: string[] = []
      const speaker = {
        play,
        pause: () => undefined,
        volume: 1,
        muted: false,
        srcObject: null,
        sinks,
        setSinkId: async (id: string) => void sinks.push(id),
      }
      speakers.push(speaker)
      return speaker
    },
    () => ({}) as MediaStream,
    () => () => undefined,
  )
  return { playout: made, speakers }
}

test('says when the browser wants a press first, and plays after it', async () => {
  let allowed = false
  let plays = 0
  const { playout: made } = playout(async () => {
    plays += 1
    if (!allowed) throw Object.assign(new Error('no gesture'), { name: 'NotAllowedError' })
  })
  made.attach('a0', track)
  await Promise.resolve()
  await Promise.resolve()
  expect(made.state.get().blocked).toBe(true)
  allowed = true
  made.unblock()
  await Promise.resolve()
  await Promise.resolve()
  expect(made.state.get().blocked).toBe(false)
  expect(plays).toBe(2)
})

test('an interrupted start is no refusal', async () => {
  const { playout: made } = playout(async () => {
    throw Object.assign(new Error('newer track'), { name: 'AbortError' })
  })
  made.attach('a0', track)
  await Promise.resolve()
  await Promise.resolve()
  expect(made.state.get().blocked).toBe(false)
})

test('only the music has a volume; a slot keeps its element through a new connection', () => {
  const { playout: made, speakers } = playout(async () => undefined)
  made.setMusicVolume(0.2)
  made.attach('a0', track)
  made.attach('music', track)
  made.attach('a0', track)
  expect(speakers.map((speaker) => speaker.volume)).toEqual([1, 0.2])
  made.setMusicMuted(true)
  expect(speakers.map((speaker) => speaker.muted)).toEqual([false, true])
  made.setMusicVolume(0.9)
  expect(speakers.map((speaker) => [speaker.volume, speaker.muted])).toEqual([
    [1, false],
    [0.9, false],
  ])
})

test('the chosen loudspeaker also serves slots that come later', () => {
  const { playout: made, speakers } = playout(async () => undefined)
  made.attach('a0', track)
  made.setSink('headset')
  made.attach('a1', track)
  expect(speakers.map((speaker) => speaker.sinks.at(-1))).toEqual(['headset', 'headset'])
})
