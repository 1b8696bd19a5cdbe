// The board's socket and document. Speaks y-websocket's protocol; knows what the server's close codes mean.
// Invariant: a wiped or refused document is thrown away whole, with its client id, so that no update of ours ever
// depends on one that the server did not take.
import { encodeAwarenessUpdate } from 'y-protocols/awareness'
import { WebsocketProvider } from 'y-websocket'
import * as encoding from 'lib0/encoding'
import * as Y from 'yjs'
import { Store } from '../call/store'
import type { Shared } from './binding'
import type { BoardFile, Element } from './elements'

export type BoardStatus =
  | 'connecting'
  | 'open'
  | 'lost'
  /** 16 MB: nothing more fits. */
  | 'full'
  /** The same person opened the board in another window. */
  | 'elsewhere'
  | 'broken'

export interface BoardState {
  readonly status: BoardStatus
  /** Everything the server had has arrived at least once. */
  readonly synced: boolean
  /** A new document needs a new binding and an empty scene. */
  readonly shared: Shared
}

export interface Ticket {
  readonly id: string
  readonly ticket: string
}

const FULL = 4408
const ELSEWHERE = 4409
const WIPED = 4410
const FINAL: ReadonlySet<number> = new Set([4400, 4403, FULL, ELSEWHERE, WIPED])
const AWARENESS = 1

export class BoardConnection {
  readonly state: Store<BoardState>
  private provider: WebsocketProvider
  private closed = false

  constructor(
    private readonly server: string,
    private ticket: Ticket,
    private readonly Socket: typeof WebSocket = WebSocket,
  ) {
    const { provider, shared } = this.open()
    this.provider = provider
    this.state = new Store<BoardState>({ status: 'connecting', synced: false, shared })
  }

  /** The meeting was joined anew: the same board behind another ticket. */
  renew(ticket: Ticket): void {
    if (ticket.id === this.ticket.id && ticket.ticket === this.ticket.ticket) return
    const same = ticket.id === this.ticket.id
    this.ticket = ticket
    if (!same) return this.reopen()
    this.provider.params = { ticket: ticket.ticket }
    this.resync()
  }

  /** Asks the server anew for everything, and gives it what it lacks. */
  resync(): void {
    this.provider.disconnect()
    this.provider.connect()
  }

  /** Throws the document away and opens it anew. */
  reopen(): void {
    if (this.closed) return
    const before = this.state.get().shared
    this.provider.destroy()
    const { provider, shared } = this.open()
    this.provider = provider
    this.state.set({ status: 'connecting', synced: false, shared })
    before.doc.destroy()
  }

  close(): void {
    this.closed = true
    this.provider.destroy()
    this.state.get().shared.doc.destroy()
  }

  private open(): { provider: WebsocketProvider; shared: Shared } {
    const doc = new Y.Doc()
    const provider = new WebsocketProvider(this.server, this.ticket.id, doc, {
      params: { ticket: this.ticket.ticket },
      disableBc: true,
      // A quiet board would look dead to the provider after 30 s; asking is a few bytes.
      resyncInterval: 12_000,
      WebSocketPolyfill: this.Socket,
      shouldReconnect: (event) => !FINAL.has(event.code),
    })
    onlyOwnPresence(provider)
    provider.on('status', ({ status }) => {
      if (provider !== this.provider) return
      if (status === 'disconnected') this.tell('lost')
      else if (status === 'connecting' && this.state.get().status !== 'lost') this.tell('connecting')
    })
    provider.on('sync', (synced) => {
      if (provider === this.provider && synced) this.state.patch({ status: 'open', synced: true })
    })
    provider.on('closed', ({ code }) => {
      if (provider === this.provider) this.refused(code)
    })
    return {
      provider,
      shared: {
        doc,
        elements: doc.getMap<Element>('elements'),
        files: doc.getMap<BoardFile>('files'),
        awareness: provider.awareness,
      },
    }
  }

  private refused(code: number): void {
    if (code === WIPED) return this.reopen()
    this.tell(code === FULL ? 'full' : code === ELSEWHERE ? 'elsewhere' : 'broken')
  }

  private tell(status: BoardStatus): void {
    this.state.patch({ status })
  }
}

/** y-websocket sends back every presence that it received; the server drops it, so it need not be sent. */
function onlyOwnPresence(provider: WebsocketProvider): void {
  const { awareness } = provider
  // oxlint-disable-next-line eslint/no-underscore-dangle -- y-websocket has no other way to leave out the echo
  awareness.off('update', provider._awarenessUpdateHandler)
  const tell = ({ added, updated, removed }: Record<'added' | 'updated' | 'removed', number[]>): void => {
    if (![...added, ...updated, ...removed].includes(awareness.clientID)) return
    const { ws } = provider
    if (!provider.wsconnected || !ws || ws.readyState !== ws.OPEN) return
    const encoder = encoding.createEncoder()
    encoding.writeVarUint(encoder, AWARENESS)
    encoding.writeVarUint8Array(encoder, encodeAwarenessUpdate(awareness, [awareness.clientID]))
    ws.send(encoding.toUint8Array(encoder))
  }
  // `destroy` takes it off again under this name.
  // oxlint-disable-next-line eslint/no-underscore-dangle -- as above
  provider._awarenessUpdateHandler = tell
  awareness.on('update', tell)
}
