// Many Yjs documents at boards of the real server, over lines that drop, double and reorder messages and break. For each seed:
// some people draw on one board through such lines, then the lines heal, and all documents have to be equal.
//   node converge.mjs <port>    reads lines of JSON: {"boards":[[path,…],…],"seeds":[from,to]}, answers each with a line.
// Documents live on from line to line, so that a restart of the server in between is a partition.
import { createInterface } from 'node:readline'
import { WebSocket } from 'ws'
import * as Y from 'yjs'

const [port] = process.argv.slice(2)
const STALE = 4410

// SplitMix32.
const randomness = (seed) => {
  let state = seed | 0
  const next = () => {
    state = (state + 0x9e3779b9) | 0
    let mixed = state ^ (state >>> 16)
    mixed = Math.imul(mixed, 0x21f0aaad)
    mixed ^= mixed >>> 15
    mixed = Math.imul(mixed, 0x735a2d97)
    return (mixed ^ (mixed >>> 15)) >>> 0
  }
  return (end) => next() % end
}

const message = (kind, payload) => {
  const head = [0, kind]
  let length = payload.length
  for (; length >= 128; length >>>= 7) head.push((length & 127) | 128)
  const out = new Uint8Array(head.length + 1 + payload.length)
  out.set(head)
  out[head.length] = length
  out.set(payload, head.length + 1)
  return out
}

const payloadOf = (bytes) => {
  let at = 2
  while (bytes[at] >= 128) at += 1
  return bytes.subarray(at + 1)
}

class Person {
  constructor() {
    this.fresh()
    this.stale = 0
  }

  fresh() {
    this.doc = new Y.Doc()
    this.elements = this.doc.getMap('elements')
    this.doc.on('update', (update, origin) => {
      if (origin !== this) this.send(message(2, update))
    })
  }

  // Opens a socket; done when it is synced. With `random` the line is bad afterwards.
  open(path, random) {
    this.close()
    return new Promise((done, failed) => {
      const socket = new WebSocket(`wss://127.0.0.1:${port}${path}`, { rejectUnauthorized: false })
      Object.assign(this, { socket, random, held: [], heldIn: [], synced: false })
      socket.binaryType = 'arraybuffer'
      socket.on('open', () => socket.send(message(0, Y.encodeStateVector(this.doc))))
      socket.on('message', (data) => {
        if (socket !== this.socket) return
        const bytes = new Uint8Array(data)
        if (this.synced && this.random) this.mangle(this.heldIn, bytes, (one) => this.hear(one, done))
        else this.hear(bytes, done)
      })
      socket.on('error', () => {})
      socket.on('close', (code) => {
        if (socket !== this.socket) return
        this.socket = undefined
        if (code === STALE) {
          // Throw the copy away, open anew, and add what may not have arrived.
          const mine = this.mine
          this.stale += 1
          this.fresh()
          this.open(path, random).then(() => {
            for (const [key, value] of Object.entries(mine ?? {})) this.elements.set(key, value)
            done()
          }, failed)
        } else if (!this.synced) failed(new Error(`closed with ${code}`))
        else this.lost = code
      })
    })
  }

  hear(bytes, done) {
    if (bytes[0] !== 0) return
    const payload = payloadOf(bytes)
    if (bytes[1] === 0) this.socket?.send(message(1, Y.encodeStateAsUpdate(this.doc, payload)))
    else Y.applyUpdate(this.doc, payload, this)
    if (bytes[1] === 1 && !this.synced) {
      this.synced = true
      done()
    }
  }

  send(bytes) {
    if (this.socket?.readyState !== WebSocket.OPEN || !this.synced) return
    if (this.random) this.mangle(this.held, bytes, (one) => this.socket?.send(one))
    else this.socket.send(bytes)
  }

  // Drops, doubles, holds back.
  mangle(held, bytes, pass) {
    const luck = this.random(12)
    if (luck === 0) return
    if (luck <= 2) {
      held.push(bytes)
      if (held.length < 4) return
    } else {
      pass(bytes)
      if (luck === 3) pass(bytes)
    }
    while (held.length > 0) pass(held.splice(this.random(held.length), 1)[0])
  }

  close() {
    const socket = this.socket
    this.socket = undefined
    socket?.terminate()
  }

  content() {
    const sorted = [...this.elements].sort(([a], [b]) => (a < b ? -1 : 1))
    return JSON.stringify([sorted, [...Y.decodeStateVector(Y.encodeStateVector(this.doc))].sort()])
  }
}

const pause = (ms) => new Promise((done) => setTimeout(done, ms))

const step = async (person, path, random, seed) => {
  const key = `s${seed % 7} ${random(6)}`
  const luck = random(20)
  if (luck === 0) person.close()
  else if (luck === 1) await person.open(path, random)
  else if (luck <= 4) person.elements.delete(key)
  else {
    const value = { n: random(1000), points: [[random(9), 0.5]] }
    person.mine[key] = value
    person.elements.set(key, value)
  }
  if (random(4) === 0) await pause(random(8))
}

const seedAt = async (people, paths, seed) => {
  const random = randomness(seed)
  for (const person of people) person.mine = {}
  await Promise.all(people.map((person, at) => person.open(paths[at], random)))
  const steps = 10 + random(30)
  for (let turn = 0; turn < steps; turn += 1) {
    const at = random(people.length)
    await step(people[at], paths[at], random, seed)
  }
  await Promise.all(people.map((person, at) => person.open(paths[at])))
  for (let tries = 0; ; tries += 1) {
    const contents = people.map((person) => person.content())
    if (contents.every((content) => content === contents[0])) return
    if (tries === 400) throw new Error(`seed ${seed}: ${contents.join('\n')}`)
    await pause(10)
  }
}

const groups = []
const all = async ({ boards, seeds: [from, to] }) => {
  while (groups.length < boards.length) groups.push(boards[groups.length].map(() => new Person()))
  await Promise.all(
    boards.map(async (paths, group) => {
      for (let seed = from + group; seed < to; seed += boards.length) await seedAt(groups[group], paths, seed)
    }),
  )
  const people = groups.flat()
  return { done: to - from, stale: people.reduce((sum, person) => sum + person.stale, 0) }
}

for await (const line of createInterface({ input: process.stdin })) {
  const answer = await all(JSON.parse(line)).catch((error) => ({ failed: String(error) }))
  // Between the lines everybody goes on drawing without a server.
  for (const person of groups.flat()) {
    person.close()
    if (person.mine) person.elements.set('partition', { n: person.doc.clientID % 1000 })
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`)
}
process.exit(0)
