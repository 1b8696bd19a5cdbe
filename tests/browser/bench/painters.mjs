// People without a browser who draw: they join like everybody else and speak the board's own protocol.
import { createRequire } from 'node:module'
import { resolve } from 'node:path'
import { stroke } from './scene.mjs'

const require = createRequire(resolve(import.meta.dirname, '../../board-client/package.json'))
const { WebSocket } = require('ws')
const Y = require('yjs')

/** Elements that fit one frame. */
const BATCH = 400

/** So many people in the room; `fill` gives the board a scene, `draw` lets all of them draw. */
export async function painters(origin, room, count) {
  const all = []
  for (let n = 0; n < count; n += 1) all.push(await painter(origin, room, n))
  return {
    async fill(elements) {
      for (let at = 0; at < elements.length; at += BATCH) await all[0].set(elements.slice(at, at + BATCH))
    },
    draw(rate) {
      const timers = all.map(({ grow }) => setInterval(grow, 1000 / rate))
      return () => timers.forEach(clearInterval)
    },
    /** How many changes all of them have made. */
    changes: () => all.reduce((sum, { changes }) => sum + changes(), 0),
    leave: () => all.forEach(({ leave }) => leave()),
  }
}

async function painter(origin, room, number) {
  const signal = new WebSocket(`${origin.replace('https', 'wss')}/api/signal`, {
    origin,
    rejectUnauthorized: false,
  })
  const door = new URL(room.url).pathname.split('/').at(-1)
  const media = { microphone: false, camera: false, screen: false }
  const say = (message) => signal.send(JSON.stringify(message))
  const board = await new Promise((found, failed) => {
    signal.on('open', () =>
      say({ type: 'join', protocol: 1, door, name: `Pinsel ${number}`, resume: null, media }),
    )
    signal.on('message', (bytes) => {
      const message = JSON.parse(bytes)
      if (message.type === 'welcome') found(message.board)
      if (message.type === 'error' || message.type === 'bye') failed(new Error(String(bytes)))
    })
    signal.on('error', failed)
  })
  const alive = setInterval(() => say({ type: 'ping' }), 3000)
  const address = `${origin.replace('https', 'wss')}/api/board/${board.id}?ticket=${board.ticket}`
  const socket = new WebSocket(address, { rejectUnauthorized: false })
  await new Promise((open, failed) => {
    socket.on('open', open)
    socket.on('error', failed)
  })
  const doc = new Y.Doc()
  const map = doc.getMap('elements')
  // What the others draw is left unread: a painter only paints, and gives again what the board had no time for.
  socket.on('message', (bytes) => {
    if (bytes[0] === 0 && bytes[1] === 0) socket.send(frame(Y.encodeStateAsUpdate(doc, payloadOf(bytes))))
  })
  socket.on('close', (code) => {
    if (code >= 1002) throw new Error(`the board closed painter ${number}: ${code}`)
  })
  doc.on('update', (update) => socket.send(frame(update)))
  let changes = 0
  return {
    set: (elements) => {
      doc.transact(() => elements.forEach((element) => map.set(element.id, element)))
      return new Promise((next) => setTimeout(next, 100))
    },
    changes: () => changes,
    /** A stroke of up to twenty points, and then the next one. */
    grow() {
      const [turn, points] = [Math.floor(changes / 20), 2 + (changes % 20)]
      changes += 1
      const id = `painted-${number}-${turn % 20}`
      map.set(id, stroke(id, 2000 + 40 * number, 2000 + 60 * (turn % 20), points, changes))
    },
    leave() {
      clearInterval(alive)
      socket.close()
      signal.close()
    },
  }
}

/** What comes after the two kinds and a length. */
function payloadOf(bytes) {
  let at = 2
  while (bytes[at] > 127) at += 1
  return bytes.subarray(at + 1)
}

/** An update message of the y-protocols: sync (0), update (2), a length, the update. */
function frame(update) {
  const length = []
  let left = update.length
  for (; left > 127; left >>>= 7) length.push((left & 127) | 128)
  return Uint8Array.from([0, 2, ...length, left, ...update])
}
