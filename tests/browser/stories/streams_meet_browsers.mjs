// Encoders and screens in a room with people: aiortc, which shares no code with browsers, and Chromium itself by WHIP. What
// they send is seen in whatever codec it comes, and one slot goes from codec to codec.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach } from 'node:test'
import { pictureOn } from '../lib/media.mjs'
import { enter, tile } from '../lib/people.mjs'
import { stories } from '../lib/story.mjs'
import { until } from '../lib/until.mjs'

const ROOT = resolve(import.meta.dirname, '../../..')
/** What tests/streams/client.py paints. */
const COLOUR = [200, 40, 160]

const tell = stories()
const clients = []
afterEach(() => Promise.all(clients.splice(0).map((client) => client.stop())))

/** The client on aiortc at work: what it said last, and its end. */
function aiortc(what, { url, token }, ...more) {
  const python = resolve(ROOT, 'target/streams/bin/python')
  const args = [resolve(ROOT, 'tests/streams/client.py'), what, url, token, ...more]
  const child = spawn(python, args, { stdio: ['pipe', 'pipe', 'inherit'] })
  const ended = new Promise((over) => child.once('exit', over))
  const client = { said: {} }
  createInterface({ input: child.stdout }).on('line', (line) => Object.assign(client.said, JSON.parse(line)))
  client.stop = () => {
    child.stdin.end()
    return ended
  }
  clients.push(client)
  return client
}

/** Chromium as an encoder: publishes its camera by WHIP in one codec. Runs in the page. */
async function publish({ url, token, codec }) {
  const [camera] = (
    await navigator.mediaDevices.getUserMedia({ video: { width: 640, height: 480 } })
  ).getVideoTracks()
  const connection = new RTCPeerConnection()
  const sender = connection.addTransceiver(camera, { direction: 'sendonly' })
  const known = RTCRtpSender.getCapabilities('video').codecs
  const wanted = [`video/${codec}`, 'video/rtx']
  sender.setCodecPreferences(known.filter(({ mimeType }) => wanted.includes(mimeType)))
  await connection.setLocalDescription()
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/sdp' }
  const answer = await fetch(url, { method: 'POST', headers, body: connection.localDescription.sdp })
  if (answer.status !== 201) throw new Error(`${codec}: ${answer.status} ${await answer.text()}`)
  await connection.setRemoteDescription({ type: 'answer', sdp: await answer.text() })
  window.endStream = async () => {
    const { status } = await fetch(answer.headers.get('location'), { method: 'DELETE', headers })
    connection.close()
    camera.stop()
    return status
  }
}

/** Waits until the picture on somebody's tile moves, and tells of it. */
async function moves(person, name) {
  await tile(person, name).locator('video').waitFor()
  const before = (await pictureOn(tile(person, name))).frames
  return until(`${name} moves`, async () => {
    const picture = await pictureOn(tile(person, name))
    return picture.frames > before + 20 && picture
  })
}

/** The colour in the middle of somebody's picture. */
function colourOf(person, name) {
  return tile(person, name)
    .locator('video')
    .evaluate((video) => {
      const canvas = document.createElement('canvas')
      const context = canvas.getContext('2d')
      context.drawImage(video, 0, 0, canvas.width, canvas.height)
      return [...context.getImageData(canvas.width / 2, canvas.height / 2, 1, 1).data.slice(0, 3)]
    })
}

tell('a screen shows Chromium, and Chromium an encoder with H264', async ({ server, visit }) => {
  const room = server.room('Plenum')
  const ada = await visit()
  await enter(ada, room, 'Ada')
  const screen = aiortc('watch', server.token(room, 'watch', 'Leinwand'))
  await until('aiortc decodes Chromium', () => screen.said.pictures >= 30)
  await tile(ada, 'Leinwand').waitFor()

  const encoder = aiortc('publish', server.token(room, 'publish', 'Saalkamera'), 'H264')
  const picture = await moves(ada, 'Saalkamera')
  assert.deepEqual([picture.codec, picture.height], ['H264', 240])
  const colour = await colourOf(ada, 'Saalkamera')
  const off = Math.max(...COLOUR.map((sent, at) => Math.abs(sent - colour[at])))
  assert.ok(off < 25, `another colour: ${colour}`)
  await encoder.stop()
  assert.equal(encoder.said.deleted, 200)
  await tile(ada, 'Saalkamera').waitFor({ state: 'detached' })
})

tell('one slot goes through all codecs', async ({ server, visit }) => {
  const room = server.room('Plenum')
  const [ada, encoder] = [await visit(), await visit()]
  await enter(ada, room, 'Ada')
  await encoder.page.goto(`${server.origin}/load`)
  const mids = []
  for (const codec of ['H264', 'VP9', 'VP8', 'AV1', 'H264', 'VP8']) {
    const name = `${codec} ${mids.length}`
    await encoder.page.evaluate(publish, { ...server.token(room, 'publish', name), codec })
    const picture = await moves(ada, name)
    assert.equal(picture.codec, codec)
    mids.push(picture.mid)
    assert.equal(await encoder.page.evaluate(() => window.endStream()), 200)
    await tile(ada, name).waitFor({ state: 'detached' })
  }
  assert.deepEqual([...new Set(mids)], [mids[0]], 'the same slot each time')
})
