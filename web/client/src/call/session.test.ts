// A whole stay with a made-up server: wire, time, peer connection and devices are ours.
import { beforeEach, describe, expect, test } from 'vitest'
import { joined, MadeUpClock, MadeUpWire } from '../signalling/made-up'
import type { Participant, ServerMessage } from '../signalling/protocol'
import { Stays } from '../signalling/resume'
import { DeviceMemory } from './devices'
import { LocalMedia } from './local-media'
import { FADE_MS, Playout, type Speaker } from './playout'
import { Session } from './session'

interface MadeUpSender {
  track: MediaStreamTrack | null
  replaceTrack(track: MediaStreamTrack | null): Promise<void>
  getParameters(): { encodings: object[] }
  setParameters(): Promise<void>
}

/** A peer connection that takes any offer; its m-lines are the words of the description. */
class MadeUpPeer extends EventTarget {
  connectionState: RTCPeerConnectionState = 'new'
  localDescription: { sdp: string } | null = null
  readonly offers: string[] = []
  closed = false
  bytes = 0
  private readonly transceivers: {
    mid: string
    direction: string
    sender: MadeUpSender
    receiver: { track: MediaStreamTrack }
  }[] = []

  getTransceivers(): unknown[] {
    return this.transceivers
  }

  setRemoteDescription({ sdp }: { sdp: string }): Promise<void> {
    this.offers.push(sdp)
    for (const mid of sdp.split(' ').slice(1)) {
      if (this.transceivers.some((one) => one.mid === mid)) continue
      const sender: MadeUpSender = {
        track: null,
        replaceTrack: async (track) => void (sender.track = track),
        getParameters: () => ({ encodings: [{}] }),
        setParameters: async () => undefined,
      }
      const kind = mid.startsWith('v') ? 'video' : 'audio'
      this.transceivers.push({ mid, direction: 'recvonly', sender, receiver: { track: madeUpTrack(kind) } })
    }
    return Promise.resolve()
  }

  async setLocalDescription(): Promise<void> {
    this.localDescription = { sdp: `answer to ${this.offers.at(-1)}` }
  }

  async getStats(): Promise<Map<string, object>> {
    return new Map([['pair', { type: 'candidate-pair', bytesReceived: this.bytes }]])
  }

  close(): void {
    this.closed = true
  }

  become(state: RTCPeerConnectionState): void {
    this.connectionState = state
    this.dispatchEvent(new Event('connectionstatechange'))
  }

  sending(mid: string): MediaStreamTrack | null | undefined {
    return this.transceivers.find((one) => one.mid === mid)?.sender.track
  }

  direction(mid: string): string | undefined {
    return this.transceivers.find((one) => one.mid === mid)?.direction
  }
}

function madeUpTrack(kind: string): MediaStreamTrack {
  const target = new EventTarget()
  return Object.assign(target, {
    kind,
    enabled: true,
    stopped: false,
    contentHint: '',
    stop(this: { stopped: boolean }) {
      this.stopped = true
    },
    getSettings: () => ({ width: 640, deviceId: `${kind}-1` }),
  }) as unknown as MediaStreamTrack
}

const stream = (tracks: MediaStreamTrack[]): MediaStream =>
  ({
    getTracks: () => tracks,
    getAudioTracks: () => tracks.filter((one) => one.kind === 'audio'),
    getVideoTracks: () => tracks.filter((one) => one.kind === 'video'),
  }) as unknown as MediaStream

function madeUpDevices(): MediaDevices {
  return Object.assign(new EventTarget(), {
    enumerateDevices: async () => [],
    getUserMedia: async (wish: MediaStreamConstraints) =>
      stream([...(wish.audio ? [madeUpTrack('audio')] : []), ...(wish.video ? [madeUpTrack('video')] : [])]),
    getDisplayMedia: async () => stream([madeUpTrack('video')]),
  }) as unknown as MediaDevices
}

const person = (id: string, fields: Partial<Participant> = {}): Participant => ({
  id,
  name: id,
  role: 'guest',
  ball: 0,
  microphone: true,
  camera: true,
  screen: false,
  away: false,
  ...fields,
})
const welcome: ServerMessage = {
  type: 'welcome',
  participants: [person('p1'), person('p2')],
  slots: [{ mid: 'a0', source: { participant: 'p2', kind: 'microphone' } }],
  settings: { drawing: 'everyone', keep_board: false },
  board: { id: 'b', ticket: 't' },
  may_draw: true,
  knocks: [],
}
const MLINES = 'mic cam scr a0 music v0'

let clock: MadeUpClock
let wires: MadeUpWire[]
let peers: MadeUpPeer[]
let local: LocalMedia
let session: Session
let music: Speaker
let fadeStep: () => void
let kept: Map<string, string>

const wire = (): MadeUpWire => wires.at(-1) ?? expect.fail('no socket')
const peer = (): MadeUpPeer => peers.at(-1) ?? expect.fail('no peer connection')
/** Lets promises that are already resolved run. */
const settle = async (): Promise<void> => {
  for (let i = 0; i < 40; i += 1) await Promise.resolve()
}
const arrive = async (version = 1): Promise<void> => {
  wire().onopen?.()
  wire().say(joined({ offer: { version, sdp: `offer-${version} ${MLINES}` } }))
  await settle()
}

beforeEach(() => {
  clock = new MadeUpClock()
  wires = []
  peers = []
  kept = new Map()
  local = new LocalMedia(madeUpDevices(), new DeviceMemory(null))
  const speaker = (): Speaker => {
    const made: Speaker = {
      play: async () => undefined,
      pause: () => undefined,
      volume: 1,
      muted: false,
      srcObject: null,
    }
    music = made
    return made
  }
  const playout = new Playout(
    speaker,
    (one) => stream([one]),
    (ms, step) => {
      expect(ms).toBe(FADE_MS / 20)
      fadeStep = step
      return () => undefined
    },
  )
  session = new Session('flausch', 'Juna', {
    clock,
    openWire: () => {
      const made = new MadeUpWire()
      wires.push(made)
      return made
    },
    createPeer: () => {
      const made = new MadeUpPeer()
      peers.push(made)
      return made as unknown as RTCPeerConnection
    },
    local,
    playout,
    stays: new Stays({
      getItem: (key) => kept.get(key) ?? null,
      setItem: (key, value) => void kept.set(key, value),
      removeItem: (key) => void kept.delete(key),
    }),
    streamOf: (one) => stream([one]),
  })
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
    expect(peers).toHaveLength(1)
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
    clock.pass(0)
    wire().onopen?.()
    expect(wire().sent[0]).toMatchObject({
      type: 'join',
      resume: 'token-1',
      media: { microphone: true, camera: false },
    })
    wire().say(joined({ offer: { version: 1, sdp: `offer-1 ${MLINES}` } }))
    await settle()
    expect(peers).toHaveLength(2)
    expect(peers[0]?.closed).toBe(true)
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
      clock.pass(500)
      await settle()
      wire().say({ type: 'pong' })
    }
    await tick()
    expect(session.path.get().path).toBe('connected')
    for (let i = 0; i < 4; i += 1) await tick()
    expect(wire().types.filter((type) => type === 'restart_ice')).toHaveLength(1)
    expect(session.path.get().path).toBe('mending')
    for (let i = 0; i < 6; i += 1) await tick()
    expect(wires).toHaveLength(2)
    await arrive()
    expect(peers).toHaveLength(2)
  })

  test('fades the music out when let in', async () => {
    session.start()
    await arrive()
    wire().say({ type: 'waiting', ahead: 0 })
    const loud = music.volume
    expect(loud).toBeGreaterThan(0)
    wire().say(welcome)
    for (let i = 0; i < 10; i += 1) fadeStep()
    expect(music.volume).toBeCloseTo(loud / 2)
    for (let i = 0; i < 10; i += 1) fadeStep()
    expect(music.volume).toBe(0)
    expect(music.muted).toBe(true)
  })

  test('leaves cleanly: says so, forgets the token, stops devices and timers', async () => {
    await local.open({ microphone: true, camera: true })
    const { track: cam } = local.state.get().camera
    session.start()
    await arrive()
    wire().say(welcome)
    expect(kept.size).toBe(1)
    session.leave()
    expect(wires[0]?.types.at(-1)).toBe('leave')
    expect(session.meeting.get()).toMatchObject({ phase: 'ended', ending: 'left' })
    expect((cam as unknown as { stopped: boolean }).stopped).toBe(true)
    expect(peers[0]?.closed).toBe(true)
    expect(kept.size).toBe(0)
    clock.pass(60_000)
    await settle()
    expect(clock.pending).toBe(0)
    expect(wires).toHaveLength(1)
  })

  test('keeps the token when the stay goes on in another window', async () => {
    session.start()
    await arrive()
    wire().say({ type: 'bye', reason: 'elsewhere' })
    expect(session.meeting.get().ending).toBe('elsewhere')
    expect(kept.size).toBe(1)
  })

  test('an unknown door ends it', () => {
    session.start()
    wire().onopen?.()
    wire().say({ type: 'error', code: 'door_unknown', message: 'no' })
    expect(session.meeting.get()).toMatchObject({ phase: 'ended', ending: 'door_unknown' })
    expect(clock.pending).toBe(0)
  })
})
