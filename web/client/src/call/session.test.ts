// A whole stay with a made-up server: wire, time, peer connection and devices are ours.
import { beforeEach, describe, expect, test } from 'vitest'
import { joined, type MadeUpWire } from '../signalling/made-up'
import type { LocalMedia } from './local-media'
import { MadeUpStage, MLINES, settle, welcome, type MadeUpPeer } from './made-up'
import type { Session } from './session'

let stage: MadeUpStage
let session: Session
let local: LocalMedia

const wire = (): MadeUpWire => stage.wire()
const peer = (): MadeUpPeer => stage.peer()
const arrive = (version = 1): Promise<void> => stage.arrive(version)

beforeEach(() => {
  stage = new MadeUpStage()
  ;({ session, local } = stage)
})

describe('a session', () => {
  test('answers the offer with its version, sends what there is and plays what comes', async () => {
    await local.open({ microphone: true, camera: true })
    session.start()
    await arrive()
    expect(wire().sent).toContainEqual({
      type: 'answer',
      version: 1,
      sdp: `answer to offer-1 ${MLINES}`,
    })
    expect(peer().sending('mic')?.kind).toBe('audio')
    expect(peer().sending('cam')?.kind).toBe('video')
    expect(peer().sending('scr')).toBeNull()
    expect([peer().direction('scr'), peer().direction('a0')]).toEqual(['sendonly', 'recvonly'])
    expect(Object.keys(session.pictures.get())).toEqual(['v0'])
  })

  test('grows by a second offer on the same connection', async () => {
    session.start()
    await arrive()
    wire().say({ type: 'offer', version: 2, sdp: `offer-2 ${MLINES} v1 v2` })
    await settle()
    expect(stage.peers).toHaveLength(1)
    expect(wire().sent).toContainEqual({
      type: 'answer',
      version: 2,
      sdp: `answer to offer-2 ${MLINES} v1 v2`,
    })
    expect(Object.keys(session.pictures.get())).toEqual(['v0', 'v1', 'v2'])
  })

  test('comes back with the token on a new connection, and says what is switched on', async () => {
    await local.open({ microphone: true, camera: false })
    session.start()
    await arrive()
    wire().say(welcome)
    wire().onclose?.({ code: 1006 })
    expect(session.meeting.get().link.kind).toBe('lost')
    stage.clock.pass(0)
    wire().onopen?.()
    expect(wire().sent[0]).toMatchObject({
      type: 'join',
      resume: 'token-1',
      media: { microphone: true, camera: false },
    })
    wire().say(joined({ offer: { version: 1, sdp: `offer-1 ${MLINES}` } }))
    await settle()
    expect(stage.peers).toHaveLength(2)
    expect(stage.peers[0]?.closed).toBe(true)
    expect(peer().sending('mic')).toBe(local.state.get().microphone.track)
    expect(wire().types).toContain('set_media')
    expect(session.meeting.get().phase).toBe('inside')
  })

  test('mutes without giving the track away, and puts the camera’s light out', async () => {
    await local.open({ microphone: true, camera: true })
    session.start()
    await arrive()
    const { track: mic } = local.state.get().microphone
    const { track: cam } = local.state.get().camera
    await local.set('microphone', false)
    await local.set('camera', false)
    await settle()
    expect(mic?.enabled).toBe(false)
    expect(peer().sending('mic')).toBe(mic)
    expect((cam as unknown as { stopped: boolean }).stopped).toBe(true)
    expect(peer().sending('cam')).toBeNull()
    expect(wire().sent.at(-1)).toEqual({ type: 'set_media', microphone: false, camera: false, screen: false })
  })

  test('changes the device without a new offer, and notices when it is unplugged', async () => {
    await local.open({ microphone: true, camera: false })
    session.start()
    await arrive()
    const before = local.state.get().microphone.track
    await local.choose('microphone', 'other')
    await settle()
    const after = local.state.get().microphone.track
    expect(after).not.toBe(before)
    expect(peer().sending('mic')).toBe(after)
    expect((before as unknown as { stopped: boolean }).stopped).toBe(true)
    after?.dispatchEvent(new Event('ended'))
    await settle()
    expect(local.state.get().microphone).toMatchObject({ track: null, unplugged: true, wanted: false })
    expect(peer().sending('mic')).toBeNull()
    expect(wire().sent.at(-1)).toMatchObject({ type: 'set_media', microphone: false })
  })

  test('shares a screen until the browser’s own button ends it', async () => {
    session.start()
    await arrive()
    await local.share()
    await settle()
    expect(peer().sending('scr')?.contentHint).toBe('detail')
    expect(wire().sent.at(-1)).toMatchObject({ type: 'set_media', screen: true })
    peer().sending('scr')?.dispatchEvent(new Event('ended'))
    await settle()
    expect(peer().sending('scr')).toBeNull()
    expect(wire().sent.at(-1)).toMatchObject({ type: 'set_media', screen: false })
  })

  test('asks for an ICE restart when bytes stop, and reconnects when that does not help', async () => {
    session.start()
    await arrive()
    wire().say(welcome)
    peer().become('connected')
    peer().bytes = 100
    const tick = async (): Promise<void> => {
      stage.clock.pass(500)
      await settle()
      wire().say({ type: 'pong' })
    }
    await tick()
    expect(session.path.get().path).toBe('connected')
    for (let i = 0; i < 4; i += 1) await tick()
    expect(wire().types.filter((type) => type === 'restart_ice')).toHaveLength(1)
    expect(session.path.get().path).toBe('mending')
    for (let i = 0; i < 8; i += 1) await tick()
    expect(stage.wires).toHaveLength(2)
    await arrive()
    expect(stage.peers).toHaveLength(2)
  })

  test('fades the music out when let in', async () => {
    session.start()
    await arrive()
    wire().say({ type: 'waiting', ahead: 0 })
    const loud = stage.music.volume
    expect(loud).toBeGreaterThan(0)
    wire().say(welcome)
    for (let i = 0; i < 10; i += 1) stage.fadeStep()
    expect(stage.music.volume).toBeCloseTo(loud / 2)
    for (let i = 0; i < 10; i += 1) stage.fadeStep()
    expect(stage.music.volume).toBe(0)
    expect(stage.music.muted).toBe(true)
  })

  test('leaves cleanly: says so, forgets the token, stops devices and timers', async () => {
    await local.open({ microphone: true, camera: true })
    const { track: cam } = local.state.get().camera
    session.start()
    await arrive()
    wire().say(welcome)
    expect(stage.kept.size).toBe(1)
    session.leave()
    expect(stage.wires[0]?.types.at(-1)).toBe('leave')
    expect(session.meeting.get()).toMatchObject({ phase: 'ended', ending: 'left' })
    expect((cam as unknown as { stopped: boolean }).stopped).toBe(true)
    expect(stage.peers[0]?.closed).toBe(true)
    expect(stage.kept.size).toBe(0)
    stage.clock.pass(60_000)
    await settle()
    expect(stage.clock.pending).toBe(0)
    expect(stage.wires).toHaveLength(1)
  })

  test('keeps the token when the stay goes on in another window', async () => {
    session.start()
    await arrive()
    wire().say({ type: 'bye', reason: 'elsewhere' })
    expect(session.meeting.get().ending).toBe('elsewhere')
    expect(stage.kept.size).toBe(1)
  })

  test('an unknown door ends it', () => {
    session.start()
    wire().onopen?.()
    wire().say({ type: 'error', code: 'door_unknown', message: 'no' })
    expect(session.meeting.get()).toMatchObject({ phase: 'ended', ending: 'door_unknown' })
    expect(stage.clock.pending).toBe(0)
  })
})
