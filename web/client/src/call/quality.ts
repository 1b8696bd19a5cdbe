// Says when a connection wobbles: from lost packets, slow to accuse and slower to forgive. Pure.

export interface Counters {
  /** Packets received and lost in all slots, and lost on our way up as the server reports (0…1). */
  readonly received: number
  readonly lost: number
  readonly upLoss: number
}

const BAD_LOSS = 0.06
const BAD_IN_A_ROW = 3
const GOOD_IN_A_ROW = 6

export class Quality {
  private last: Counters | null = null
  private bad = 0
  private good = 0
  private isWeak = false

  get weak(): boolean {
    return this.isWeak
  }

  /** Call about every two seconds; returns whether the verdict changed. */
  sample(now: Counters): boolean {
    const before = this.last
    this.last = now
    // A new peer connection counts from nothing.
    if (!before || now.received < before.received) return false
    const received = now.received - before.received
    const lost = Math.max(0, now.lost - before.lost)
    const downLoss = received + lost < 50 ? 0 : lost / (received + lost)
    const isBad = Math.max(downLoss, now.upLoss) > BAD_LOSS
    this.bad = isBad ? this.bad + 1 : 0
    this.good = isBad ? 0 : this.good + 1
    const was = this.isWeak
    if (this.bad >= BAD_IN_A_ROW) this.isWeak = true
    if (this.good >= GOOD_IN_A_ROW) this.isWeak = false
    return was !== this.isWeak
  }
}
