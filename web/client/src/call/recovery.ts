// When to mend the media connection, and how. Pure: events with a time in, an action out (MEDIA.md, section 6).
// An ICE restart is cheap and tried first; when it does not help within 4 s, or the browser gave up, a new peer
// connection comes by reconnecting the signalling. Browsers take 7 s to notice a lost path: we look at bytes instead.

export type RecoveryAction = 'none' | 'restart_ice' | 'rebuild'

export type RecoveryEvent =
  /** A new peer connection was made from the offer in `joined`. */
  | { readonly type: 'built'; readonly now: number }
  | { readonly type: 'state'; readonly state: RTCPeerConnectionState; readonly now: number }
  | { readonly type: 'network_changed'; readonly now: number }
  /** Bytes received so far, and whether somebody is sending us something. */
  | { readonly type: 'bytes'; readonly total: number; readonly expected: boolean; readonly now: number }

export const SILENCE_MS = 1500
/** Chromium leaves a way that has gone silent for another one 3.5 s after its last packet, about 2 s after our restart. */
export const RESTART_MS = 4000
/** A first connection may take long on a busy machine; each failed one gets more time. */
export const BUILD_MS = [6000, 9000, 14_000, 20_000] as const

export class Recovery {
  private connected = false
  private bytes = 0
  private bytesAt = 0
  private deadline: number | null = null
  private restarting = false
  private failed = 0

  /** How many connections in a row never came up. */
  get failures(): number {
    return this.failed
  }

  /** Nothing comes although something should. */
  stalled(now: number): boolean {
    return now - this.bytesAt > SILENCE_MS
  }

  on(event: RecoveryEvent): RecoveryAction {
    switch (event.type) {
      case 'built':
        this.connected = false
        this.restarting = false
        this.bytes = 0
        this.bytesAt = event.now
        this.deadline = event.now + (BUILD_MS[Math.min(this.failed, BUILD_MS.length - 1)] ?? 20_000)
        return 'none'
      case 'state':
        return this.state(event.state, event.now)
      case 'network_changed':
        return this.connected ? this.restart(event.now) : 'none'
      case 'bytes':
        return this.received(event.total, event.expected, event.now)
    }
  }

  private state(state: RTCPeerConnectionState, now: number): RecoveryAction {
    switch (state) {
      case 'connected':
        this.connected = true
        this.failed = 0
        this.bytesAt = now
        if (!this.restarting) this.deadline = null
        return 'none'
      case 'disconnected':
        this.connected = false
        return this.restart(now)
      case 'failed':
        this.connected = false
        return this.rebuild()
      case 'new':
      case 'connecting':
      case 'closed':
        return 'none'
    }
  }

  private received(total: number, expected: boolean, now: number): RecoveryAction {
    if (total > this.bytes || !expected) {
      this.bytesAt = now
      if (total > this.bytes && this.restarting) {
        this.restarting = false
        this.deadline = null
      }
    }
    this.bytes = total
    if (this.deadline !== null && now >= this.deadline) {
      const fine = this.connected && !this.stalled(now)
      this.deadline = null
      this.restarting = false
      return fine ? 'none' : this.rebuild()
    }
    return this.connected && this.stalled(now) ? this.restart(now) : 'none'
  }

  private restart(now: number): RecoveryAction {
    if (this.restarting) return 'none'
    this.restarting = true
    this.deadline = now + RESTART_MS
    return 'restart_ice'
  }

  private rebuild(): RecoveryAction {
    this.failed += 1
    this.deadline = null
    this.restarting = false
    return 'rebuild'
  }
}
