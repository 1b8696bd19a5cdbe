// The board's document as the server knows it: over sockets that come and go, and anew when the server says so.
// Invariants: a document that was thrown away never comes back, nor does its client id, so that no update of ours ever
// depends on one that the server did not take; the old one stays in view until the new one is complete.
import type * as Y from 'yjs'
import { Store } from '../call/store'
import type { Shared } from './document'
import { openLine, paramsOf, type Line } from './line'
import { NEARLY_FULL, percentFull, type BoardNote, type Fullness } from './notes'

export type BoardStatus =
  | 'connecting'
  | 'open'
  | 'lost'
  /** 16 MB or 20,000 shapes on a page: nothing more fits. */
  | 'full'
  /** The same person opened the board in another window. */
  | 'elsewhere'
  | 'broken'

export interface BoardState {
  readonly status: BoardStatus
  /** Everything the server had has arrived at least once. */
  readonly synced: boolean
  readonly shared: Shared
  /** What becomes of the board afterwards; null until the server said so. */
  readonly kept: 'wipe' | 'days' | 'keep' | null
  /** The pages with little room left, by their ids. */
  readonly nearlyFull: ReadonlyMap<string, Fullness>
  readonly damaged: boolean
}

export interface Ticket {
  readonly id: string
  readonly ticket: string
}

/** What becomes of what this person wrote. */
export interface Fate {
  /** The server has it: in memory, or on disk where it keeps the board. */
  saved(clock: number): void
  /** The server will not have it. */
  refused(): void
  /** Whether all of it has been taken. */
  clean(): boolean
}

const FULL = 4408
const ELSEWHERE = 4409
const RENEWED = 4410
const FINAL: ReadonlySet<number> = new Set([4400, 4403, FULL, ELSEWHERE, RENEWED])
const TIDY_EVERY_MS = 30_000
/** A document of so many pieces more than entries is worth fetching anew. */
const PIECES = { least: 20_000, perEntry: 6 } as const

export class BoardConnection {
  readonly state: Store<BoardState>
  fate: Fate | null = null
  private line: Line
  /** Opened anew, and not complete yet. */
  private next: Line | null = null
  private closed = false
  private piecesAtOpen = 0
  private readonly tidying: ReturnType<typeof setInterval>

  constructor(
    private readonly server: string,
    private ticket: Ticket,
    private readonly Socket: typeof WebSocket = WebSocket,
  ) {
    this.line = this.open()
    this.state = new Store<BoardState>({
      status: 'connecting',
      synced: false,
      shared: sharedOf(this.line),
      kept: null,
      nearlyFull: new Map(),
      damaged: false,
    })
    this.tidying = setInterval(() => this.tidy(), TIDY_EVERY_MS)
  }

  /** The meeting was joined anew: the same board behind another ticket. */
  renew(ticket: Ticket): void {
    if (ticket.id === this.ticket.id && ticket.ticket === this.ticket.ticket) return
    const same = ticket.id === this.ticket.id
    this.ticket = ticket
    if (!same) return this.reopen()
    for (const line of [this.line, this.next]) if (line) line.provider.params = paramsOf(ticket.ticket)
    this.resync()
  }

  get current(): Ticket {
    return this.ticket
  }

  /** Asks the server anew for everything, and gives it what it lacks. */
  resync(): void {
    const { provider } = this.next ?? this.line
    provider.disconnect()
    provider.connect()
  }

  /** What the server did not take must not stay here either. */
  refuse(): void {
    this.fate?.refused()
    this.reopen()
  }

  /** Opens the document anew; the present one stays until that is complete. */
  reopen(): void {
    if (this.closed) return
    this.next?.provider.destroy()
    this.next?.doc.destroy()
    this.line.provider.destroy()
    this.next = this.open()
    this.state.patch({ status: 'connecting', nearlyFull: new Map() })
  }

  close(): void {
    this.closed = true
    clearInterval(this.tidying)
    for (const line of [this.line, this.next]) {
      line?.provider.destroy()
      line?.doc.destroy()
    }
  }

  private open(): Line {
    const line: Line = openLine(
      this.server,
      this.ticket.id,
      this.ticket.ticket,
      {
        status: (status) => this.speaks(line) && this.told(status),
        synced: () => this.speaks(line) && this.complete(line),
        closed: (code) => this.speaks(line) && this.ended(code),
        note: (note) => this.speaks(line) && this.noted(note),
        taken: (clock) => {
          if (this.speaks(line) && !keeps(this.state.get().kept)) this.fate?.saved(clock)
        },
      },
      FINAL,
      this.Socket,
    )
    return line
  }

  private speaks(line: Line): boolean {
    return !this.closed && line === (this.next ?? this.line)
  }

  private told(status: 'connected' | 'connecting' | 'disconnected'): void {
    if (status === 'disconnected') this.state.patch({ status: 'lost' })
    else if (status === 'connecting' && this.state.get().status !== 'lost')
      this.state.patch({ status: 'connecting' })
  }

  private complete(line: Line): void {
    const old = line === this.next ? this.line.doc : null
    this.line = line
    this.next = null
    this.piecesAtOpen = pieces(line.doc)
    this.state.patch({ status: 'open', synced: true, shared: old ? sharedOf(line) : this.state.get().shared })
    old?.destroy()
  }

  private ended(code: number): void {
    if (code === RENEWED) return this.reopen()
    // What was refused once would be refused again.
    if (code !== ELSEWHERE) this.fate?.refused()
    this.state.patch({ status: code === FULL ? 'full' : code === ELSEWHERE ? 'elsewhere' : 'broken' })
  }

  private noted(note: BoardNote): void {
    switch (note.type) {
      case 'saved':
        if (note.client === this.line.doc.clientID) this.fate?.saved(note.clock)
        return
      case 'kept':
        return this.state.patch({ kept: note.policy })
      case 'nearly_full': {
        const { type: _, ...fullness } = note
        return this.state.patch({ nearlyFull: withFullness(this.state.get().nearlyFull, fullness) })
      }
      case 'damaged':
        return this.state.patch({ damaged: true })
    }
  }

  /** Hours of drawing leave pieces of what is gone in a document; the server's has been tidied, so ours is fetched anew. */
  private tidy(): void {
    const { status, synced } = this.state.get()
    if (status !== 'open' || !synced || this.next || this.fate?.clean() !== true) return
    const { doc } = this.line
    const now = pieces(doc)
    if (now < Math.max(PIECES.least, 2 * this.piecesAtOpen) || now < PIECES.perEntry * entries(doc)) return
    this.reopen()
  }
}

/** With what is said of a page; nothing is kept of one that has room again. */
function withFullness(pages: ReadonlyMap<string, Fullness>, said: Fullness): ReadonlyMap<string, Fullness> {
  const full = new Map(pages)
  full.delete(said.page)
  return percentFull(said) < NEARLY_FULL ? full : full.set(said.page, said)
}

function keeps(kept: BoardState['kept']): boolean {
  return kept === 'days' || kept === 'keep'
}

function sharedOf({ doc, provider }: Line): Shared {
  return { doc, awareness: provider.awareness }
}

function pieces(doc: Y.Doc): number {
  let count = 0
  for (const structs of doc.store.clients.values()) count += structs.length
  return count
}

function entries(doc: Y.Doc): number {
  let count = 0
  for (const name of doc.share.keys()) count += doc.getMap(name).size
  return count
}
