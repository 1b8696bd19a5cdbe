// Firefox ESR and Chromium in one room see each other, and Chromium hears Firefox. (Headless Firefox without an audio
// device plays nothing; that Chromium's sound reaches it is seen by the packets.)
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { startChromium, visitor } from '../lib/chromium.mjs'
import { enterByFirefox, startFirefox } from '../lib/firefox.mjs'
import { frames, received, voices } from '../lib/media.mjs'
import { enter } from '../lib/people.mjs'
import { startServer } from '../lib/server.mjs'
import { until } from '../lib/until.mjs'

let server
let chromium
let firefox
before(async () => {
  server = await startServer()
  chromium = await startChromium()
  firefox = await startFirefox()
})
after(async () => {
  await firefox?.close()
  await chromium?.close()
  await server?.stop()
})

test('Firefox and Chromium meet', { timeout: 180_000 }, async () => {
  const room = server.room('Plenum')
  const ada = await visitor(chromium)
  await enter(ada, room, 'Ada')
  const page = await enterByFirefox(firefox, room, 'Ben')

  await until('Chromium sees and hears Firefox', async () => {
    const now = await received(ada.page)
    return frames(now) > 20 && voices(now) > 0
  })
  await until('Firefox sees Chromium and gets its sound', async () => {
    const now = await received(page)
    const sound = Object.values(now).some(({ kind, packets }) => kind === 'audio' && packets > 50)
    return frames(now) > 20 && sound
  })
  assert.deepEqual(ada.outside, [])
})
