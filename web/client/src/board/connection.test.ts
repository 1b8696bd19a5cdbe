import * as decoding from 'lib0/decoding'
import * as encoding from 'lib0/encoding'
import { readSyncMessage, writeSyncStep1, writeUpdate } from 'y-protocols/sync'
import * as Y from 'yjs'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { BoardConnection } from './connection'
import { Desk } from './desk'
import { mapOf } from './document'
import { change, clock, element, MadeUpScene, timing } from './made-up'

/** A server with one document, and every socket that was ever opened to it. */
class MadeUpServer {
  doc = new Y.Doc()
  sockets: MadeUpSocket[] = []

  constructor() {
    this.watch()
  }

  /** Another document from now on. */
  replace(doc: Y.Doc): void {
    this.doc = doc
    this.watch()
  }

  get newest(): MadeUpSocket {
    const socket = this.sockets.at(-1)
    if (!socket) throw new Error('a socket was opened')
    return socket
  }

  private watch(): void {
    this.doc.on('update', (update: Uint8Array, origin: unknown) => {
      for (const socket of this.sockets) {
        if (socket !== origin) socket.say((encoder) => writeUpdate(encoder, update))
      }
    })
  }
}

let server: MadeUpServer

class MadeUpSocket {
  static readonly OPEN = 1
  readonly OPEN = 1
  readyState = 0
  binaryType = ''
  onopen: (() => void) | null = null
  onmessage: ((event: { data: ArrayBuffer }) => void) | null = null
  onclose: ((event: { code: number; reason: string }) => void) | null = null
  onerror: (() => void) | null = null

  constructor(readonly url: string) {
    server.sockets.push(this)
  }

  open(): void {
    this.readyState = 1
    this.onopen?.()
    this.say((encoder) => writeSyncStep1(encoder, server.doc))
  }

  send(bytes: Uint8Array): void {
    const decoder = decoding.createDecoder(bytes)
    if (decoding.readVarUint(decoder) !== 0) return
    const answer = encoding.createEncoder()
    encoding.writeVarUint(answer, 0)
    readSyncMessage(decoder, answer, server.doc, this)
    if (encoding.length(answer) > 1) this.onmessage?.({ data: encoding.toUint8Array(answer).slice().buffer })
  }

  say(write: (encoder: encoding.Encoder) => void): void {
    if (this.readyState !== 1) return
    const encoder = encoding.createEncoder()
    encoding.writeVarUint(encoder, 0)
    write(encoder)
    this.onmessage?.({ data: encoding.toUint8Array(encoder).slice().buffer })
  }

  note(note: object): void {
    const encoder = encoding.createEncoder()
    encoding.writeVarUint(encoder, 100)
    encoding.writeVarString(encoder, JSON.stringify(note))
    this.onmessage?.({ data: encoding.toUint8Array(encoder).slice().buffer })
  }

  close(code = 1000): void {
    if (this.readyState === 3) return
    this.readyState = 3
    this.onclose?.({ code, reason: '' })
  }
}

let connection: BoardConnection
let desk: Desk
let scene: MadeUpScene

beforeEach(() => {
  vi.useFakeTimers()
  server = new MadeUpServer()
  connection = new BoardConnection(
    'ws://x/api/board',
    { id: 'b', ticket: 't' },
    MadeUpSocket as unknown as typeof WebSocket,
  )
  desk = new Desk(connection, timing)
  scene = new MadeUpScene()
  desk.attach({ scene, others: scene })
})

afterEach(() => {
  desk.close()
  connection.close()
  vi.useRealTimers()
})

const draw = (id: string): void => {
  scene.list = [...scene.list, element(id)]
  desk.changed(change(scene.list))
  clock.pass(60)
}
const onServer = (): string[] => [...mapOf(server.doc, 'elements').keys()].toSorted()

test('asks for notes, draws, and learns from the next answer that it was taken', () => {
  expect(server.newest.url).toContain('frames=1')
  server.newest.open()
  expect(connection.state.get()).toMatchObject({ status: 'open', synced: true })
  draw('a')
  expect(onServer()).toEqual(['a'])
  expect(desk.ledger.unsaved.get()).toBe(true)
  vi.advanceTimersByTime(12_000)
  expect(desk.ledger.unsaved.get()).toBe(false)
})

test('where boards are kept, only the disk counts', () => {
  server.newest.open()
  server.newest.note({ type: 'kept', policy: 'keep' })
  draw('a')
  vi.advanceTimersByTime(12_000)
  expect(desk.ledger.unsaved.get()).toBe(true)
  const { doc } = connection.state.get().shared
  server.newest.note({ type: 'saved', client: doc.clientID, clock: Y.getState(doc.store, doc.clientID) })
  expect(desk.ledger.unsaved.get()).toBe(false)
})

test('pages that are nearly full are known until they have room again', () => {
  const full = (page: string, shapes: number): void =>
    server.newest.note({ type: 'nearly_full', page, bytes: 10, bytes_max: 100, shapes, shapes_max: 100 })
  server.newest.open()
  full('main', 85)
  full('two', 90)
  expect([...connection.state.get().nearlyFull].map(([page, { shapes }]) => [page, shapes])).toEqual([
    ['main', 85],
    ['two', 90],
  ])
  full('main', 79)
  expect([...connection.state.get().nearlyFull.keys()]).toEqual(['two'])
})

test('a document that is opened anew brings along only what was not taken, and stays in view until then', () => {
  server.newest.open()
  draw('a')
  vi.advanceTimersByTime(12_000)
  draw('b')
  const { clientID } = connection.state.get().shared.doc
  const fresh = new Y.Doc()
  mapOf(fresh, 'elements').set('c', element('c'))
  server.newest.close(4410)
  server.replace(fresh)
  expect(scene.list.map(({ id }) => id)).toEqual(['a', 'b'])
  expect(connection.state.get().synced).toBe(true)
  server.newest.open()
  clock.pass(60)
  expect(connection.state.get().shared.doc.clientID).not.toBe(clientID)
  expect(onServer()).toEqual(['b', 'c'])
  expect(scene.list.map(({ id }) => id).toSorted()).toEqual(['b', 'c'])
  desk.undo()
  expect(onServer()).toEqual(['c'])
})

test('what was refused goes from here, too, and is not tried again', () => {
  server.newest.open()
  draw('a')
  vi.advanceTimersByTime(12_000)
  // The server keeps what is drawn from now on to itself.
  const refusing = server.newest
  refusing.send = () => undefined
  draw('b')
  connection.refuse()
  server.newest.open()
  clock.pass(60)
  expect(onServer()).toEqual(['a'])
  expect(scene.list.map(({ id }) => id)).toEqual(['a'])
  expect(desk.ledger.steps.get()).toEqual({ undo: false, redo: false })
})

test('a full page and another window are told, and nothing comes back by itself', () => {
  server.newest.open()
  server.newest.close(4408)
  expect(connection.state.get().status).toBe('full')
  expect(server.sockets).toHaveLength(1)
  connection.reopen()
  server.newest.open()
  server.newest.close(4409)
  vi.advanceTimersByTime(60_000)
  expect(connection.state.get().status).toBe('elsewhere')
  expect(server.sockets).toHaveLength(2)
})
