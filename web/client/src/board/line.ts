// One document on one socket: y-websocket's provider, with what this server says beside the y-protocols (frames of
// type 100, web/PROTOCOL.md, section 4) and with acknowledgements of our own where the server keeps nothing.
import { encodeAwarenessUpdate } from 'y-protocols/awareness'
import { messageYjsSyncStep2, writeSyncStep1 } from 'y-protocols/sync'
import { WebsocketProvider } from 'y-websocket'
import * as decoding from 'lib0/decoding'
import * as encoding from 'lib0/encoding'
import * as Y from 'yjs'
import { noteOf, type BoardNote } from './notes'

export interface LineEvents {
  status(status: 'connected' | 'connecting' | 'disconnected'): void
  synced(): void
  closed(code: number): void
  note(note: BoardNote): void
  /** The server has taken everything of ours below this clock (into its memory, not onto its disk). */
  taken(clock: number): void
}

export interface Line {
  readonly provider: WebsocketProvider
  readonly doc: Y.Doc
}

const SYNC = 0
const AWARENESS = 1
const NOTE = 100
/** A quiet board would look dead to the provider after 30 s; asking is a few bytes. */
const ASK_EVERY_MS = 12_000

export function openLine(
  server: string,
  board: string,
  ticket: string,
  events: LineEvents,
  final: ReadonlySet<number>,
  Socket: typeof WebSocket,
): Line {
  const doc = new Y.Doc()
  const provider = new WebsocketProvider(server, board, doc, {
    params: paramsOf(ticket),
    disableBc: true,
    WebSocketPolyfill: Socket,
    shouldReconnect: (event) => !final.has(event.code),
  })
  onlyOwnPresence(provider)
  hearNotes(provider, events)
  askAgain(provider, events)
  provider.on('status', ({ status }) => events.status(status))
  provider.on('sync', (synced) => synced && events.synced())
  provider.on('closed', ({ code }) => events.closed(code))
  return { provider, doc }
}

/** What a socket's address says besides the board. */
export function paramsOf(ticket: string): Record<string, string> {
  return { ticket, frames: '1' }
}

/** y-websocket sends back every presence that it received; the server drops it, so it need not be sent. */
function onlyOwnPresence(provider: WebsocketProvider): void {
  const { awareness } = provider
  // oxlint-disable-next-line eslint/no-underscore-dangle -- y-websocket has no other way to leave out the echo
  awareness.off('update', provider._awarenessUpdateHandler)
  const tell = ({ added, updated, removed }: Record<'added' | 'updated' | 'removed', number[]>): void => {
    if (![...added, ...updated, ...removed].includes(awareness.clientID)) return
    const encoder = encoding.createEncoder()
    encoding.writeVarUint(encoder, AWARENESS)
    encoding.writeVarUint8Array(encoder, encodeAwarenessUpdate(awareness, [awareness.clientID]))
    send(provider, encoder)
  }
  // `destroy` takes it off again under this name.
  // oxlint-disable-next-line eslint/no-underscore-dangle -- as above
  provider._awarenessUpdateHandler = tell
  awareness.on('update', tell)
}

function hearNotes(provider: WebsocketProvider, events: LineEvents): void {
  provider.messageHandlers[NOTE] = (_encoder: encoding.Encoder, decoder: decoding.Decoder) => {
    const note = noteOf(decoding.readVarString(decoder))
    if (note) events.note(note)
  }
}

/** Frames are answered in their order: the answer to a question says that all before it has been taken. */
function askAgain(provider: WebsocketProvider, events: LineEvents): void {
  const { doc } = provider
  let asked: number | null = null
  const ask = (): void => {
    const encoder = encoding.createEncoder()
    encoding.writeVarUint(encoder, SYNC)
    writeSyncStep1(encoder, doc)
    asked = Y.getState(doc.store, doc.clientID)
    if (!send(provider, encoder)) asked = null
  }
  const read = provider.messageHandlers[SYNC]
  if (!read) return
  provider.messageHandlers[SYNC] = (encoder, decoder, of, emitSynced, type) => {
    const answer = decoding.peekVarUint(decoder) === messageYjsSyncStep2
    read(encoder, decoder, of, emitSynced, type)
    if (!answer || asked === null) return
    events.taken(asked)
    asked = null
  }
  provider.on('status', () => (asked = null))
  const timer = setInterval(ask, ASK_EVERY_MS)
  doc.once('destroy', () => clearInterval(timer))
}

function send(provider: WebsocketProvider, encoder: encoding.Encoder): boolean {
  const { ws } = provider
  if (!provider.wsconnected || !ws || ws.readyState !== ws.OPEN) return false
  ws.send(encoding.toUint8Array(encoder))
  return true
}
