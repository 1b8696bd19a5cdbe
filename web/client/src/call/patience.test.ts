import { expect, test } from 'vitest'
import { Patience, WAIT_MS } from './patience'
import type { Entry } from './stats'

const slot = (mid: string, packetsReceived: number, nackCount: number): Entry => ({
  type: 'inbound-rtp',
  kind: 'video',
  mid,
  packetsReceived,
  nackCount,
})

test('a picture whose packets come late waits, and only that one', () => {
  const patience = new Patience()
  patience.sample([slot('v0', 0, 0), slot('v1', 0, 0)])
  expect(patience.sample([slot('v0', 100, 5), slot('v1', 100, 1)])).toEqual(new Map([['v0', WAIT_MS]]))
  expect(patience.sample([slot('v0', 200, 10), slot('v1', 200, 2)])).toEqual(new Map())
})

test('it waits no longer after ten good samples in a row', () => {
  const patience = new Patience()
  patience.sample([slot('v0', 0, 0)])
  patience.sample([slot('v0', 100, 5)])
  for (let good = 1; good <= 9; good += 1) {
    expect(patience.sample([slot('v0', 100 + 100 * good, 5)])).toEqual(new Map())
  }
  expect(patience.sample([slot('v0', 1100, 5)])).toEqual(new Map([['v0', 0]]))
})

test('one packet asked for twice in a while ends the row of good ones', () => {
  const patience = new Patience()
  patience.sample([slot('v0', 0, 0)])
  patience.sample([slot('v0', 100, 5)])
  for (let at = 2; at <= 20; at += 1) {
    expect(patience.sample([slot('v0', 100 * at, 5 + Math.floor(at / 5))])).toEqual(new Map())
  }
})

test('a handful of packets says nothing, and a new connection begins anew', () => {
  const patience = new Patience()
  patience.sample([slot('v0', 0, 0)])
  expect(patience.sample([slot('v0', 10, 5)])).toEqual(new Map())
  expect(patience.sample([slot('v0', 100, 5)])).toEqual(new Map([['v0', WAIT_MS]]))
  expect(patience.sample([slot('v0', 30, 9)])).toEqual(new Map())
  expect(patience.sample([slot('v0', 130, 9)])).toEqual(new Map())
})

test('sound has a buffer that needs no advice', () => {
  const patience = new Patience()
  const voice = (packetsReceived: number, nackCount: number): Entry => ({
    ...slot('a0', packetsReceived, nackCount),
    kind: 'audio',
  })
  patience.sample([voice(0, 0)])
  expect(patience.sample([voice(100, 50)])).toEqual(new Map())
})
