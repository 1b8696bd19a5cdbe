// Reads from `getStats` the few figures that recovery and quality need. Pure, over the report's entries.
import type { Counters } from './quality'

/** What is read; browsers leave out what they do not know. */
export interface Entry {
  readonly type: string
  readonly kind?: string
  readonly mid?: string
  readonly rid?: string
  readonly active?: boolean
  readonly bytesReceived?: number
  readonly bytesSent?: number
  readonly packetsReceived?: number
  readonly packetsLost?: number
  readonly nackCount?: number
  readonly fractionLost?: number
  /** Seconds. */
  readonly jitter?: number
  readonly roundTripTime?: number
  readonly currentRoundTripTime?: number
  readonly frameWidth?: number
  readonly frameHeight?: number
  readonly framesDecoded?: number
  readonly framesEncoded?: number
  readonly freezeCount?: number
  readonly nominated?: boolean
  readonly state?: string
}

export function figures(entries: Iterable<Entry>): { bytes: number; counters: Counters } {
  let bytes = 0
  let received = 0
  let lost = 0
  let upLoss = 0
  for (const entry of entries) {
    if (entry.type === 'inbound-rtp') {
      bytes += entry.bytesReceived ?? 0
      received += entry.packetsReceived ?? 0
      // Negative when duplicates came.
      lost += Math.max(0, entry.packetsLost ?? 0)
    } else if (entry.type === 'candidate-pair') bytes += entry.bytesReceived ?? 0
    else if (entry.type === 'remote-inbound-rtp') upLoss = Math.max(upLoss, entry.fractionLost ?? 0)
  }
  return { bytes, counters: { received, lost, upLoss } }
}
