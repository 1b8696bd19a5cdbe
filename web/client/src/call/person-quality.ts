// How well one person comes through, put together from what the browser counts and what the server says. Pure.
import type { LayerName, LayerReason } from '../signalling/protocol'
import type { Meeting } from '../signalling/state'
import type { Line, Lines, Picture, SentLayer } from './lines'

/** As bars: 4 is good, 1 hardly works. */
export type Level = 1 | 2 | 3 | 4

export interface PersonQuality {
  /** Null when nothing comes from this person that one could judge. */
  readonly level: Level | null
  readonly loss: number | null
  readonly jitterMs: number | null
  readonly roundTripMs: number | null
  readonly picture: Picture | null
  readonly layer: LayerName | null
  readonly reason: LayerReason | null
  readonly bitrate: number
  readonly freezes: number
}

/** One's own line: up and down, and what is sent. */
export interface OwnQuality {
  readonly level: Level | null
  readonly upLoss: number | null
  readonly downLoss: number | null
  readonly jitterMs: number | null
  readonly roundTripMs: number | null
  readonly sent: readonly SentLayer[]
  readonly bitrate: number
  readonly estimate: number | null
}

/** Somebody else, over the slots that carry them now. */
export function personQuality(
  participant: string,
  { slots, quality }: Pick<Meeting, 'slots' | 'quality'>,
  lines: Lines,
): PersonQuality {
  const of = (kind: 'microphone' | 'camera'): string | null =>
    Object.entries(slots).find(
      ([, source]) => source?.participant === participant && source.kind === kind,
    )?.[0] ?? null
  const [sound, camera] = [of('microphone'), of('camera')]
  const heard = sound === null ? undefined : lines.slots[sound]
  const seen = camera === null ? undefined : lines.slots[camera]
  const said = camera === null ? undefined : quality[camera]
  const loss = worst(heard?.loss, seen?.loss)
  const jitterMs = worst(heard?.jitterMs, seen?.jitterMs)
  const { roundTripMs } = lines
  const flows = (heard?.bitrate ?? 0) + (seen?.bitrate ?? 0) > 0
  const judged = flows || said?.reason === 'paused'
  return {
    level: judged
      ? levelOf({ loss, jitterMs, roundTripMs, freezes: seen?.freezes ?? 0 }, said?.reason)
      : null,
    loss,
    jitterMs,
    roundTripMs,
    picture: seen?.picture ?? null,
    layer: said?.layer ?? null,
    reason: said?.reason ?? null,
    bitrate: (heard?.bitrate ?? 0) + (seen?.bitrate ?? 0),
    freezes: seen?.freezes ?? 0,
  }
}

export function ownQuality(
  { quality, estimate }: Pick<Meeting, 'quality' | 'estimate'>,
  lines: Lines,
): OwnQuality {
  const { upLoss, downLoss, upJitterMs, roundTripMs, sent, downBitrate } = lines
  const loss = worst(upLoss, downLoss)
  const known = loss !== null || roundTripMs !== null
  // Whatever the server holds back because of our line is our line's fault.
  const narrow = Object.values(quality).find(({ reason }) => reason === 'line')?.reason
  return {
    level: known ? levelOf({ loss, jitterMs: upJitterMs, roundTripMs, freezes: 0 }, narrow) : null,
    upLoss,
    downLoss,
    jitterMs: upJitterMs,
    roundTripMs,
    sent,
    bitrate: downBitrate,
    estimate,
  }
}

interface Judged extends Pick<Line, 'loss' | 'jitterMs' | 'freezes'> {
  readonly roundTripMs: number | null
}

/**
 * Loss up to 2 % is mended before anybody notices, from 15 % on speech breaks; 150 ms one way is where ITU-T G.114 ends
 * the good range (so 300 ms there and back), 400 ms where it ends the bearable one.
 */
export function levelOf(of: Judged, reason: LayerReason | null | undefined): Level {
  const steps: Level[] = [
    step(of.loss, 0.02, 0.06, 0.15),
    step(of.jitterMs, 30, 60, 150),
    step(of.roundTripMs, 300, 500, 800),
    step(of.freezes, 0, 1, 3),
  ]
  if (reason === 'paused') steps.push(1)
  if (reason === 'line') steps.push(2)
  if (reason === 'server') steps.push(3)
  return Math.min(...steps) as Level
}

function step(value: number | null, good: number, fair: number, weak: number): Level {
  if (value === null || value <= good) return 4
  if (value <= fair) return 3
  return value <= weak ? 2 : 1
}

function worst(...values: readonly (number | null | undefined)[]): number | null {
  const known = values.filter((value) => value !== null && value !== undefined)
  return known.length > 0 ? Math.max(...known) : null
}
