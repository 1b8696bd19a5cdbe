// Made-up time and a made-up wire for tests: nothing here waits, nothing here is random.
import type { ClientMessage, ServerMessage } from './protocol'
import type { Clock, Wire } from './socket'

export class MadeUpClock implements Clock {
  private time = 1_000_000
  private timers: { at: number; run: () => void }[] = []

  now = (): number => this.time
  random = (): number => 0.5
  after = (ms: number, then: () => void): (() => void) => {
    const timer = { at: this.time + ms, run: then }
    this.timers.push(timer)
    return () => {
      this.timers = this.timers.filter((other) => other !== timer)
    }
  }

  get pending(): number {
    return this.timers.length
  }

  /** Lets time pass and everything due happen, in order. */
  pass(ms: number): void {
    const until = this.time + ms
    for (;;) {
      const due = this.timers.filter((timer) => timer.at <= until).toSorted((a, b) => a.at - b.at)[0]
      if (!due) break
      this.timers = this.timers.filter((timer) => timer !== due)
      this.time = Math.max(this.time, due.at)
      due.run()
    }
    this.time = until
  }
}

export class MadeUpWire implements Wire {
  onopen: (() => void) | null = null
  onmessage: ((event: { data: unknown }) => void) | null = null
  onclose: ((event: { code: number }) => void) | null = null
  readonly sent: ClientMessage[] = []
  closed = false
  readyState = 1

  send(text: string): void {
    this.sent.push(JSON.parse(text) as ClientMessage)
  }

  close(): void {
    this.closed = true
  }

  say(message: ServerMessage): void {
    this.onmessage?.({ data: JSON.stringify(message) })
  }

  /** What was sent, by type. */
  get types(): string[] {
    return this.sent.map((message) => message.type)
  }
}

/** A `joined` as the server sends it. */
export function joined(fields: Partial<Extract<ServerMessage, { type: 'joined' }>> = {}): ServerMessage {
  return {
    type: 'joined',
    you: 'p1',
    resume: 'token-1',
    role: 'guest',
    room: { name: 'Flauschpyramide', colour: 'fluff', emoji: '🧶' },
    offer: { version: 1, sdp: 'offer-1' },
    ice_servers: [],
    ...fields,
  }
}
