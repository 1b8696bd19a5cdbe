// What comes through each slot, and what of ours goes up: figures of the last ten seconds from the browser's counters.
// Pure: entries and a time in, figures out. Counters that fall (a new connection) begin anew.
import type { Entry } from './stats'

/** One slot. Null where the browser does not tell, or too little came to say. */
export interface Line {
  /** Of packets, 0…1; those that were sent again count too. */
  readonly loss: number | null
  readonly jitterMs: number | null
  readonly bitrate: number
  readonly picture: Picture | null
  readonly freezes: number
}

export interface Picture {
  readonly width: number
  readonly height: number
  readonly fps: number
}

/** One layer of one's own pictures, as it is sent now. */
export interface SentLayer extends Picture {
  readonly rid: string | null
  readonly mid: string
  readonly bitrate: number
}

export interface Lines {
  /** By `mid`. */
  readonly slots: Readonly<Record<string, Line>>
  readonly sent: readonly SentLayer[]
  readonly roundTripMs: number | null
  /** As the server reports what it got from us. */
  readonly upLoss: number | null
  readonly upJitterMs: number | null
  /** Over all slots together. */
  readonly downLoss: number | null
  readonly downBitrate: number
}

export const noLines: Lines = {
  slots: {},
  sent: [],
  roundTripMs: null,
  upLoss: null,
  upJitterMs: null,
  downLoss: null,
  downBitrate: 0,
}

/** Kept before the newest; with one every two seconds they reach back ten seconds. */
const SAMPLES = 5
/** Fewer packets say nothing about loss. */
const ENOUGH = 30

interface Counted {
  readonly at: number
  readonly packets: number
  readonly lost: number
  readonly bytes: number
  readonly frames: number
  readonly freezes: number
}

export class LineWatch {
  private readonly seen = new Map<string, Counted[]>()

  /** Call about every two seconds. */
  sample(entries: readonly Entry[], now: number): Lines {
    const inbound = entries.filter(({ type, mid }) => type === 'inbound-rtp' && mid !== undefined)
    const slots: Record<string, Line> = {}
    const all = { packets: 0, lost: 0, bitrate: 0 }
    for (const entry of inbound) {
      const mid = entry.mid ?? ''
      const span = this.span(`in ${mid}`, counted(entry, now))
      if (!span) continue
      slots[mid] = lineOf(entry, span)
      all.packets += span.packets
      all.lost += span.lost
      all.bitrate += span.bitrate
    }
    const remote = entries.filter(({ type }) => type === 'remote-inbound-rtp')
    return {
      slots,
      sent: this.sent(entries, now),
      roundTripMs: roundTrip(entries),
      upLoss: most(remote.map(({ fractionLost }) => fractionLost)),
      upJitterMs: ms(most(remote.filter(({ kind }) => kind === 'audio').map(({ jitter }) => jitter))),
      downLoss: share(all.lost, all.packets),
      downBitrate: all.bitrate,
    }
  }

  private sent(entries: readonly Entry[], now: number): SentLayer[] {
    return entries.flatMap((entry) => {
      if (entry.type !== 'outbound-rtp' || entry.kind !== 'video' || entry.mid === undefined) return []
      const span = this.span(`out ${entry.mid} ${entry.rid ?? ''}`, counted(entry, now))
      const picture = span ? pictureOf(entry, span) : null
      if (!span || !picture || span.bitrate === 0 || entry.active === false) return []
      return [{ ...picture, rid: entry.rid ?? null, mid: entry.mid, bitrate: span.bitrate }]
    })
  }

  /** What was counted between the oldest sample that is kept and now. */
  private span(key: string, now: Counted): Span | null {
    const before = this.seen.get(key) ?? []
    const last = before.at(-1)
    const kept = last && (now.packets < last.packets || now.bytes < last.bytes) ? [] : before
    const [oldest] = kept
    this.seen.set(key, [...kept, now].slice(-SAMPLES))
    if (!oldest || !last || now.at <= last.at) return null
    const seconds = (now.at - last.at) / 1000
    return {
      packets: now.packets - oldest.packets,
      lost: Math.max(0, now.lost - oldest.lost),
      // A picture that stopped has stopped now, not on average.
      bitrate: Math.round(((now.bytes - last.bytes) * 8) / seconds),
      fps: Math.round((now.frames - last.frames) / seconds),
      freezes: Math.max(0, now.freezes - oldest.freezes),
    }
  }
}

interface Span {
  readonly packets: number
  readonly lost: number
  readonly bitrate: number
  readonly fps: number
  readonly freezes: number
}

function counted(entry: Entry, at: number): Counted {
  return {
    at,
    packets: entry.packetsReceived ?? 0,
    // Negative when duplicates came.
    lost: Math.max(0, entry.packetsLost ?? 0),
    bytes: entry.bytesReceived ?? entry.bytesSent ?? 0,
    frames: entry.framesDecoded ?? entry.framesEncoded ?? 0,
    freezes: entry.freezeCount ?? 0,
  }
}

function lineOf(entry: Entry, span: Span): Line {
  return {
    loss: share(span.lost, span.packets),
    jitterMs: ms(entry.jitter ?? null),
    bitrate: span.bitrate,
    picture: entry.kind === 'video' && span.bitrate > 0 ? pictureOf(entry, span) : null,
    freezes: span.freezes,
  }
}

function pictureOf({ frameWidth, frameHeight }: Entry, { fps }: Span): Picture | null {
  return frameWidth && frameHeight ? { width: frameWidth, height: frameHeight, fps } : null
}

function share(lost: number, received: number): number | null {
  return lost + received < ENOUGH ? null : lost / (lost + received)
}

function roundTrip(entries: readonly Entry[]): number | null {
  const pair = entries.find((e) => e.type === 'candidate-pair' && e.nominated && e.state === 'succeeded')
  const remote = entries.find((e) => e.type === 'remote-inbound-rtp' && e.roundTripTime !== undefined)
  return ms(pair?.currentRoundTripTime ?? remote?.roundTripTime ?? null)
}

function most(values: readonly (number | undefined)[]): number | null {
  return values.reduce<number | null>(
    (best, value) => (value === undefined ? best : Math.max(best ?? 0, value)),
    null,
  )
}

function ms(seconds: number | null): number | null {
  return seconds === null ? null : Math.round(seconds * 1000)
}
