import { beforeEach, describe, expect, test } from 'vitest'
import { Recovery, type RecoveryAction } from './recovery'

let recovery: Recovery
const bytes = (total: number, now: number, expected = true): RecoveryAction =>
  recovery.on({ type: 'bytes', total, expected, now })

beforeEach(() => {
  recovery = new Recovery()
  recovery.on({ type: 'built', now: 0 })
})

describe('a connection that works', () => {
  beforeEach(() => {
    recovery.on({ type: 'state', state: 'connected', now: 300 })
    bytes(100, 500)
  })

  test('needs nothing while bytes come', () => {
    for (let now = 1000; now < 20_000; now += 500) expect(bytes(now, now)).toBe('none')
  })

  test('is restarted once after 1.5 s of silence', () => {
    expect(bytes(100, 2000)).toBe('none')
    expect(bytes(100, 2001)).toBe('restart_ice')
    expect(bytes(100, 2500)).toBe('none')
  })

  test('may be silent when nobody sends', () => {
    for (let now = 1000; now < 20_000; now += 500) expect(bytes(100, now, false)).toBe('none')
  })

  test('is rebuilt when the restart brings nothing within 4 s', () => {
    expect(bytes(100, 2100)).toBe('restart_ice')
    expect(bytes(100, 6000)).toBe('none')
    expect(bytes(100, 6100)).toBe('rebuild')
  })

  test('stays when the restart brings bytes', () => {
    expect(bytes(100, 2100)).toBe('restart_ice')
    expect(bytes(200, 2500)).toBe('none')
    expect(bytes(300, 5200)).toBe('none')
  })

  test('is restarted when the browser or the network says so', () => {
    expect(recovery.on({ type: 'state', state: 'disconnected', now: 900 })).toBe('restart_ice')
    recovery.on({ type: 'built', now: 1000 })
    recovery.on({ type: 'state', state: 'connected', now: 1100 })
    expect(recovery.on({ type: 'network_changed', now: 1200 })).toBe('restart_ice')
    expect(recovery.on({ type: 'network_changed', now: 1300 })).toBe('none')
  })

  test('is rebuilt when the browser gave up', () => {
    expect(recovery.on({ type: 'state', state: 'failed', now: 900 })).toBe('rebuild')
  })
})

test('a connection that never comes up is rebuilt, each time with more patience', () => {
  expect(bytes(0, 5999)).toBe('none')
  expect(bytes(0, 6000)).toBe('rebuild')
  recovery.on({ type: 'built', now: 10_000 })
  expect(bytes(0, 18_999)).toBe('none')
  expect(bytes(0, 19_000)).toBe('rebuild')
  expect(recovery.failures).toBe(2)
  recovery.on({ type: 'built', now: 20_000 })
  recovery.on({ type: 'state', state: 'connected', now: 20_500 })
  expect(recovery.failures).toBe(0)
})

test('a changed network before the first connection asks for nothing', () => {
  expect(recovery.on({ type: 'network_changed', now: 100 })).toBe('none')
})
