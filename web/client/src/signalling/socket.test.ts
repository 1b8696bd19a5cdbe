import { beforeEach, describe, expect, test } from 'vitest'
import { joined, MadeUpClock, MadeUpWire } from './made-up'
import type { ServerMessage } from './protocol'
import { SignallingSocket } from './socket'

let clock: MadeUpClock
let wires: MadeUpWire[]
let heard: string[]
let token: string | null
let socket: SignallingSocket

function last(): MadeUpWire {
  const wire = wires.at(-1)
  if (!wire) throw new Error('no socket was opened')
  return wire
}

function openAndJoin(): void {
  last().onopen?.()
  last().say(joined())
}

beforeEach(() => {
  clock = new MadeUpClock()
  wires = []
  heard = []
  token = null
  socket = new SignallingSocket(
    () => {
      const wire = new MadeUpWire()
      wires.push(wire)
      return wire
    },
    () => ({
      door: 'flausch',
      name: 'Juna',
      resume: token,
      media: { microphone: true, camera: false, screen: false },
    }),
    {
      message: (message: ServerMessage) => heard.push(message.type),
      lost: () => heard.push('LOST'),
      outdated: () => heard.push('OUTDATED'),
    },
    clock,
  )
  socket.start()
})

describe('the signalling socket', () => {
  test('joins first and sends nothing before it is joined', () => {
    expect(socket.send({ type: 'restart_ice' })).toBe(false)
    last().onopen?.()
    expect(last().sent).toEqual([
      {
        type: 'join',
        protocol: 1,
        door: 'flausch',
        name: 'Juna',
        resume: null,
        media: { microphone: true, camera: false, screen: false },
      },
    ])
    expect(socket.send({ type: 'leave' })).toBe(false)
    last().say(joined())
    expect(socket.send({ type: 'restart_ice' })).toBe(true)
    expect(last().types).toEqual(['join', 'restart_ice'])
  })

  test('pings every 3 s and stays while answers come', () => {
    openAndJoin()
    for (let i = 0; i < 5; i += 1) {
      clock.pass(3000)
      last().say({ type: 'pong' })
    }
    expect(last().types.filter((type) => type === 'ping')).toHaveLength(5)
    expect(wires).toHaveLength(1)
  })

  test('is dead 5 s after an unanswered ping and comes back at once with its token', () => {
    openAndJoin()
    token = 'token-1'
    clock.pass(3000 + 4999)
    expect(heard).not.toContain('LOST')
    clock.pass(1)
    expect(heard).toContain('LOST')
    expect(wires[0]?.closed).toBe(true)
    expect(wires).toHaveLength(2)
    last().onopen?.()
    expect(last().sent[0]).toMatchObject({ type: 'join', resume: 'token-1' })
  })

  test('backs off while the server is away, and starts anew after a success', () => {
    openAndJoin()
    last().onclose?.({ code: 1006 })
    clock.pass(0)
    expect(wires).toHaveLength(2)
    const waits: number[] = []
    for (let i = 0; i < 6; i += 1) {
      const before = clock.now()
      const count = wires.length
      last().onclose?.({ code: 1006 })
      while (wires.length === count) clock.pass(50)
      waits.push(clock.now() - before)
    }
    expect(waits).toEqual([250, 500, 1000, 2000, 4000, 4000])
    openAndJoin()
    const count = wires.length
    clock.pass(3000)
    last().say({ type: 'pong' })
    last().onclose?.({ code: 1013 })
    clock.pass(0)
    expect(wires).toHaveLength(count + 1)
  })

  test('does not storm a server that fails at every join', () => {
    for (let i = 0; i < 4; i += 1) {
      openAndJoin()
      last().onclose?.({ code: 4500 })
      clock.pass(i === 0 ? 0 : 4000)
    }
    const before = clock.now()
    const count = wires.length
    openAndJoin()
    last().onclose?.({ code: 4500 })
    while (wires.length === count) clock.pass(50)
    expect(clock.now() - before).toBe(2000)
  })

  test('does not wait for the next try when the network is back', () => {
    openAndJoin()
    for (let i = 0; i < 4; i += 1) {
      last().onclose?.({ code: 1006 })
      if (i < 3) clock.pass(2000)
    }
    const count = wires.length
    socket.hurry()
    expect(wires).toHaveLength(count + 1)
    clock.pass(0)
    expect(wires).toHaveLength(count + 1)
  })

  test.each(['refused', 'removed', 'room_gone', 'elsewhere', 'left'] as const)(
    'ends with bye %s',
    (reason) => {
      openAndJoin()
      const wire = last()
      wire.say({ type: 'bye', reason })
      wire.onclose?.({ code: 1000 })
      clock.pass(60_000)
      expect(wires).toHaveLength(1)
      expect(clock.pending).toBe(0)
      expect(heard.at(-1)).toBe('bye')
    },
  )

  test('comes back by itself when the server restarts', () => {
    openAndJoin()
    last().say({ type: 'bye', reason: 'restarting' })
    last().onclose?.({ code: 1000 })
    expect(wires).toHaveLength(1)
    clock.pass(1000)
    expect(wires).toHaveLength(2)
  })

  test('gives up when the server does not understand it', () => {
    openAndJoin()
    last().onclose?.({ code: 4400 })
    clock.pass(60_000)
    expect(heard.at(-1)).toBe('OUTDATED')
    expect(wires).toHaveLength(1)
  })

  test('joins again on the same socket after a wrong name', () => {
    last().onopen?.()
    last().say({ type: 'error', code: 'name_invalid', message: 'no' })
    clock.pass(20_000)
    expect(wires).toHaveLength(1)
    socket.rejoin()
    expect(last().types).toEqual(['join', 'join'])
  })

  test('passes over what it cannot read or does not know', () => {
    openAndJoin()
    last().onmessage?.({ data: '{' })
    last().onmessage?.({ data: '{"type":"from_the_future"}' })
    last().onmessage?.({ data: new ArrayBuffer(2) })
    expect(heard).toEqual(['joined'])
  })
})
