import { expect, test } from 'vitest'
import type { Load, LoadSample } from '../../api'
import { dayOf, HALF_HOUR, heightOf, newest, topOf } from './model'

const NOW = 1_000_000 * HALF_HOUR + 600
const sample = (start: number, more: Partial<LoadSample> = {}): LoadSample => ({
  start,
  rooms: null,
  people: null,
  traffic_mbps: null,
  cpu_percent: null,
  memory_percent: 10,
  ...more,
})
const load = (samples: LoadSample[]): Load => ({ standing_pins: 8, verdict: 'calm', samples, days: [] })

test('every half-hour of a day has its place, and what is unknown stays unknown', () => {
  const last = NOW - 600
  const told = sample(last - 2 * HALF_HOUR, { people: { from: 20, to: 29 }, cpu_percent: 0 })
  const day = dayOf(load([sample(last - 4 * HALF_HOUR), told]), NOW)
  expect(day.starts).toHaveLength(48)
  expect(day.starts.at(-1)).toBe(last)
  expect(day.toldUntil).toBe(last - HALF_HOUR)
  expect(day.told('people', 45)).toEqual({ from: 20, to: 29 })
  expect(day.told('cpu', 45)).toBe(0)
  expect(day.told('people', 43)).toBe('few')
  expect(day.told('memory', 43)).toBe(10)
  expect(day.told('memory', 44)).toBe('nothing')
  expect(newest(day)).toBe(45)
  expect(newest(dayOf(load([]), NOW))).toBeUndefined()
})

test('a range stands in its middle, a few at the bottom, nothing nowhere', () => {
  expect(heightOf({ from: 20, to: 29 })).toBe(24.5)
  expect(heightOf(15)).toBe(15)
  expect(heightOf('few')).toBe(0)
  expect(heightOf('nothing')).toBeNull()
})

test('axes end at a round number above everything', () => {
  expect(topOf([null, 0], 10)).toBe(10)
  expect(topOf([24.5], 10)).toBe(40)
  expect(topOf([149.5], 10)).toBe(200)
  expect(topOf([730], 50)).toBe(800)
})
