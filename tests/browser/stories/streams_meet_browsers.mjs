// Encoders and screens in a room with people: aiortc, which shares no code with browsers, and Chromium itself by WHIP. What
// they send is seen in whatever codec it comes, and one slot goes from codec to codec.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { after, afterEach, before } from 'node:test'
import { enterByFirefox, startFirefox, tileInFirefox } from '../lib/firefox.mjs'
import { pictureOn } from '../lib/media.mjs'
import { enter, tile } from '../lib/people.mjs'
import { stories } from '../lib/story.mjs'
import { until } from '../lib/until.mjs'
import { WORDS } from '../lib/words.mjs'

const ROOT = resolve(import.meta.dirname, '../../..')
/** What tests/streams/client.py paints. */
const COLOUR = [200, 40, 160]

const tell = stories()
const clients = []
let firefox
before(async () => {
  firefox = await startFirefox()
})
after(() => firefox?.close())
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
  // Small: AV1 is hard work for a machine that encodes and decodes for everybody.
  const video = { width: 320, height: 180, frameRate: 15 }
  const [camera] = (await navigator.mediaDevices.getUserMedia({ video })).getVideoTracks()
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

/** The server finds out carefully what a line carries, and on a busy machine a line carries little. */
const CAREFUL = 90_000

/** Waits until the picture on a tile moves, and tells of it. */
async function moves(item, name) {
  const before = await pictureOn(item)
  let picture = before
  try {
    return await until(
      `${name} moves`,
      async () => {
        picture = await pictureOn(item)
        return picture.frames > before.frames + 20 && picture
      },
      CAREFUL,
    )
  } catch (error) {
    const text = await item.evaluate((one) => one.textContent)
    throw new Error(`${error.message}: ${text}, ${JSON.stringify([before, picture])}`)
  }
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
  const picture = await moves(tile(ada, 'Saalkamera'), 'Saalkamera')
  assert.deepEqual([picture.codec, picture.height], ['H264', 240])
  const colour = await colourOf(ada, 'Saalkamera')
  const off = Math.max(...COLOUR.map((sent, at) => Math.abs(sent - colour[at])))
  assert.ok(off < 25, `another colour: ${colour}`)
  await encoder.stop()
  assert.equal(encoder.said.deleted, 200)
  await tile(ada, 'Saalkamera').waitFor({ state: 'detached' })
})

tell('one slot goes through all codecs, in Chromium and in Firefox', async ({ server, visit }) => {
  const room = server.room('Plenum')
  const [ada, encoder] = [await visit(), await visit()]
  await enter(ada, room, 'Ada')
  const ben = await enterByFirefox(firefox, room, 'Ben')
  await encoder.page.goto(`${server.origin}/load`)
  const slots = new Set()
  for (const [number, codec] of ['H264', 'VP9', 'VP8', 'AV1', 'H264', 'VP8'].entries()) {
    const name = `${codec} ${number}`
    await encoder.page.evaluate(publish, { ...server.token(room, 'publish', name), codec })
    const inFirefox = await tileInFirefox(ben, name)
    if (codec === 'H264') {
      // Without the plug-in, which it would download, Firefox has no H264.
      const text = () => inFirefox.evaluate((item) => item.textContent)
      await until('Firefox is told', async () => (await text()).includes(WORDS['en-GB'].unplayable))
      assert.equal((await pictureOn(inFirefox)).frames, 0)
    } else {
      slots.add(`Firefox ${(await moves(inFirefox, name)).mid}`)
    }
    // A busy decoder may still be at the last one's pictures.
    const now = async () => (await pictureOn(tile(ada, name))).codec
    await until(`${codec} is decoded`, async () => (await now()) === codec, CAREFUL)
    const picture = await moves(tile(ada, name), name)
    assert.equal(picture.codec, codec)
    slots.add(`Chromium ${picture.mid}`)
    assert.equal(await encoder.page.evaluate(() => window.endStream()), 200)
    await tile(ada, name).waitFor({ state: 'detached' })
  }
  assert.equal(slots.size, 2, `each in one slot: ${[...slots]}`)
})
