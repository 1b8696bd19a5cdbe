// From the public figures to what the page draws and says. Pure: the clock is a parameter.
import type { LoadRange, Load, LoadSample } from '../../api'

export const HALF_HOUR = 1_800
const SHOWN = 48

/** What can be seen over a day. */
export type Figure = 'rooms' | 'people' | 'traffic' | 'cpu' | 'memory'

/** What a half-hour says of one figure. `few`: fewer than ten people, so that nothing more is told. */
export type Told = number | LoadRange | 'few' | 'nothing'

/** A day on one time axis: every half-hour has a place, whether something is known of it or not. */
export interface Day {
  /** Unix seconds of each half-hour's start, oldest first; the last one has not ended yet. */
  starts: readonly number[]
  /** Where what is not told yet begins. */
  toldUntil: number
  told: (figure: Figure, index: number) => Told
}

/** Lays the samples out over the 24 hours up to `now` (unix seconds). */
export function dayOf(load: Load, now: number): Day {
  const last = Math.floor(now / HALF_HOUR) * HALF_HOUR
  const starts = Array.from({ length: SHOWN }, (_, i) => last - (SHOWN - 1 - i) * HALF_HOUR)
  const byStart = new Map(load.samples.map((sample) => [sample.start, sample]))
  return {
    starts,
    // A half-hour is told 30 minutes after its end: at `last` the one that began an hour before is the newest.
    toldUntil: last - HALF_HOUR,
    told: (figure, index) => toldOf(figure, byStart.get(starts[index] ?? -1)),
  }
}

function toldOf(figure: Figure, sample: LoadSample | undefined): Told {
  if (!sample) return 'nothing'
  if (figure === 'memory') return sample.memory_percent
  const value = {
    rooms: sample.rooms,
    people: sample.people,
    traffic: sample.traffic_mbps,
    cpu: sample.cpu_percent,
  }
  return value[figure] ?? 'few'
}

/** Where a value stands on the axis: the middle of a range, the bottom for "a few", nowhere when nothing is known. */
export function heightOf(told: Told): number | null {
  if (told === 'nothing') return null
  if (told === 'few') return 0
  return typeof told === 'number' ? told : (told.from + told.to) / 2
}

/** The top of an axis: at least `least`, and a round number above everything that was. */
export function topOf(heights: readonly (number | null)[], least: number): number {
  const most = Math.max(least, ...heights.map((height) => height ?? 0))
  const step = 10 ** Math.floor(Math.log10(most))
  // Each of them has a half that is round, too.
  const rounded = [1, 2, 4, 6, 8, 10].find((factor) => factor * step >= most) ?? 10
  return rounded * step
}

/** The newest half-hour of which something is told. */
export function newest(day: Day): number | undefined {
  const index = day.starts.findLastIndex((_, i) => day.told('memory', i) !== 'nothing')
  return index === -1 ? undefined : index
}
