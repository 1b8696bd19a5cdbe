// How long a picture waits in its buffer before it is shown. A packet that was lost between its sender and the server
// comes late, but not lost: the browser's own buffer knows nothing of that way and shows the picture before it is whole,
// which looks like a stutter. So: many packets asked for, a longer wait, by `jitterBufferTarget` (WebRTC Extensions);
// shorter again after a good while. Pure.
import type { Entry } from './stats'

/** Two rounds of asking on an ordinary line. */
export const WAIT_MS = 150
/** Of the packets that came. */
const BAD_SHARE = 0.02
const GOOD_SHARE = 0.005
const PACKETS_MIN = 20
const GOOD_IN_A_ROW = 10

interface Slot {
  received: number
  asked: number
  good: number
  waits: boolean
}

export class Patience {
  private readonly slots = new Map<string, Slot>()

  /** Call about every second; the video slots whose wait changed, in ms (0: as short as the browser can). */
  sample(entries: Iterable<Entry>): Map<string, number> {
    const changed = new Map<string, number>()
    for (const { type, kind, mid, packetsReceived = 0, nackCount = 0 } of entries) {
      if (type !== 'inbound-rtp' || kind !== 'video' || mid === undefined) continue
      const before = this.slots.get(mid)
      // A new connection counts from nothing.
      if (!before || packetsReceived < before.received) {
        this.slots.set(mid, { received: packetsReceived, asked: nackCount, good: 0, waits: false })
        continue
      }
      const came = packetsReceived - before.received
      if (came < PACKETS_MIN) continue
      const share = (nackCount - before.asked) / came
      Object.assign(before, { received: packetsReceived, asked: nackCount })
      before.good = share < GOOD_SHARE ? before.good + 1 : 0
      const waits = share > BAD_SHARE || (before.waits && before.good < GOOD_IN_A_ROW)
      if (waits !== before.waits) changed.set(mid, waits ? WAIT_MS : 0)
      before.waits = waits
    }
    return changed
  }
}
