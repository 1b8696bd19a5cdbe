// The signalling socket: one WebSocket after another for one participant. It joins, pings, notices a dead line,
// comes back with the resume token and backs off. It knows nothing of rooms, media or the page.
// Invariants: `join` is the first message of every socket; nothing is sent before `joined` but `join`;
// after `stop` or a final `bye` no timer and no socket is left.
import { PROTOCOL_VERSION, type ClientMessage, type MediaState, type ServerMessage } from './protocol'

export const PING_EVERY_MS = 3000
export const DEAD_AFTER_MS = 5000
/** The first retry is at once: a reload or a dropped socket is to be back within 3 s. */
export const RETRY_MS = [0, 250, 500, 1000, 2000, 4000] as const

/** The part of a WebSocket that is used. */
export interface Wire {
  /** As `WebSocket.readyState`: 1 is open. */
  readonly readyState: number
  send(text: string): void
  close(code?: number): void
  onopen: (() => void) | null
  onmessage: ((event: { data: unknown }) => void) | null
  onclose: ((event: { code: number }) => void) | null
}

/** Time and chance from outside, so that tests run in made-up time. */
export interface Clock {
  now(): number
  after(ms: number, then: () => void): () => void
  /** 0 ≤ n < 1. */
  random(): number
}

/** What `join` needs, asked again for every socket. */
export interface Joining {
  readonly door: string
  readonly name: string
  readonly resume: string | null
  readonly media: MediaState
}

export interface SocketEvents {
  /** A message that made sense. */
  message(message: ServerMessage): void
  /** The line is gone; another is on its way. */
  lost(): void
  /** The server does not understand us: only a fresh page can help. */
  outdated(): void
}

export class SignallingSocket {
  private wire: Wire | null = null
  private joined = false
  private stopped = false
  private failures = 0
  private restarting = false
  private cancelPing: (() => void) | null = null
  private cancelDeath: (() => void) | null = null
  private cancelRetry: (() => void) | null = null

  constructor(
    private readonly open: () => Wire,
    private readonly joining: () => Joining,
    private readonly events: SocketEvents,
    private readonly clock: Clock,
  ) {}

  /** Opens the first socket. */
  start(): void {
    if (!this.wire && !this.stopped) this.connect()
  }

  /** Sends now, or says that it could not: there is no queue, since every request is about the present. */
  send(message: ClientMessage): boolean {
    if (!this.joined) return false
    return this.say(message)
  }

  /** Says `join` again on the same socket, after `name_invalid`. */
  rejoin(): void {
    if (this.wire && !this.joined) this.sendJoin(this.wire)
    else this.start()
  }

  /** Drops the line and comes back with the token: a fresh offer, a fresh peer connection. */
  reconnect(): void {
    if (this.stopped) return
    this.drop()
    this.events.lost()
    this.failures = 0
    this.connect()
  }

  /** Something says that the network is back: do not wait for the next try. */
  hurry(): void {
    if (this.stopped || this.wire || !this.cancelRetry) return
    this.failures = 0
    this.connect()
  }

  /** Asks whether the line still lives, without waiting for the next regular ping. */
  probe(): void {
    if (this.joined) this.ping()
  }

  /** Ends for good, without a word. */
  stop(): void {
    this.stopped = true
    this.drop()
  }

  private connect(): void {
    this.cancelRetry?.()
    this.cancelRetry = null
    const wire = this.open()
    this.wire = wire
    this.joined = false
    this.expectLife(DEAD_AFTER_MS)
    wire.onopen = () => this.sendJoin(wire)
    wire.onmessage = (event) => this.received(event.data)
    wire.onclose = (event) => this.closed(event.code)
  }

  private sendJoin(wire: Wire): void {
    wire.send(
      JSON.stringify({ type: 'join', protocol: PROTOCOL_VERSION, ...this.joining() } satisfies ClientMessage),
    )
  }

  private received(data: unknown): void {
    const message = parse(data)
    if (!message) return
    this.alive()
    if (message.type === 'joined') {
      this.joined = true
      this.restarting = false
      this.schedulePing()
    }
    // Only a line that lived for a while was a success: a room that fails at every join must not be stormed.
    if (message.type === 'pong') this.failures = 0
    if (message.type === 'error' && !this.joined) this.cancelDeath?.()
    if (message.type === 'bye') {
      if (message.reason === 'restarting') this.farewell()
      else this.stop()
    }
    this.events.message(message)
  }

  /** The server goes: nothing more is said, and if it forgets to close, we do. */
  private farewell(): void {
    this.restarting = true
    this.joined = false
    this.cancelPing?.()
    this.cancelPing = null
    this.expectLife(DEAD_AFTER_MS)
  }

  private say(message: ClientMessage): boolean {
    if (this.wire?.readyState !== OPEN) return false
    this.wire.send(JSON.stringify(message))
    return true
  }

  private closed(code: number): void {
    this.drop()
    if (this.stopped) return
    switch (code) {
      case 4400:
      case 4403:
        this.stopped = true
        this.events.outdated()
        return
      default:
        this.events.lost()
        this.retry()
    }
  }

  private retry(): void {
    const base = RETRY_MS[Math.min(this.failures, RETRY_MS.length - 1)] ?? 0
    this.failures += 1
    // A restarting server needs a moment, and everybody is thrown out at once: spread them.
    const ms = this.restarting
      ? Math.max(base, 300) + this.clock.random() * 700
      : base * (0.8 + 0.4 * this.clock.random())
    this.cancelRetry = this.clock.after(ms, () => {
      this.cancelRetry = null
      this.connect()
    })
  }

  private schedulePing(): void {
    this.cancelPing?.()
    this.cancelPing = this.clock.after(PING_EVERY_MS, () => this.ping())
  }

  private ping(): void {
    this.say({ type: 'ping' })
    if (!this.cancelDeath) this.expectLife(DEAD_AFTER_MS)
    this.schedulePing()
  }

  /** Any message proves that the line lives, not only a pong. */
  private alive(): void {
    this.cancelDeath?.()
    this.cancelDeath = null
  }

  private expectLife(ms: number): void {
    this.cancelDeath?.()
    this.cancelDeath = this.clock.after(ms, () => this.closed(1006))
  }

  private drop(): void {
    for (const cancel of [this.cancelPing, this.cancelDeath, this.cancelRetry]) cancel?.()
    this.cancelPing = this.cancelDeath = this.cancelRetry = null
    const wire = this.wire
    this.wire = null
    this.joined = false
    if (!wire) return
    wire.onopen = wire.onmessage = wire.onclose = null
    wire.close()
  }
}

const OPEN = 1

function parse(data: unknown): ServerMessage | null {
  if (typeof data !== 'string') return null
  try {
    const value: unknown = JSON.parse(data)
    const named = typeof value === 'object' && value !== null && 'type' in value
    return named && typeof value.type === 'string' && KNOWN.has(value.type) ? (value as ServerMessage) : null
  } catch {
    return null
  }
}

/** A newer server may say more than we know: what is not named here is passed over. */
const KNOWN: ReadonlySet<string> = new Set<ServerMessage['type']>([
  'joined',
  'waiting',
  'welcome',
  'participant_joined',
  'participant_changed',
  'participant_left',
  'slots',
  'speaking',
  'knocks',
  'room_changed',
  'offer',
  'layers',
  'quality',
  'media',
  'error',
  'pong',
  'bye',
])
