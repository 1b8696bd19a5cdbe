// A browser made up for tests of a whole stay: wire, time, peer connection and devices are ours.
import { joined, MadeUpClock, MadeUpWire } from '../signalling/made-up'
import type { Participant, ServerMessage } from '../signalling/protocol'
import { Stays } from '../signalling/resume'
import { DeviceMemory } from './devices'
import { LocalMedia } from './local-media'
import { FADE_MS, Playout, type Speaker } from './playout'
import { Session } from './session'

export interface MadeUpSender {
  track: MediaStreamTrack | null
  replaceTrack(track: MediaStreamTrack | null): Promise<void>
  getParameters(): RTCRtpSendParameters
  setParameters(parameters: RTCRtpSendParameters): Promise<void>
}

/** A peer connection that takes any offer; its m-lines are the words of the description. */
export class MadeUpPeer extends EventTarget {
  connectionState: RTCPeerConnectionState = 'new'
  localDescription: { sdp: string } | null = null
  readonly offers: string[] = []
  closed = false
  bytes = 0
  /** A field that this browser's `setParameters` does not take. */
  refuses: string | null = null
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
      const sender = madeUpSender(mid, this.refuses)
      const kind = mid.startsWith('v') ? 'video' : 'audio'
      this.transceivers.push({ mid, direction: 'recvonly', sender, receiver: { track: madeUpTrack(kind) } })
    }
    return Promise.resolve()
  }

  /** Whether the camera's layers had their sizes when the answer was made; later is too late for some browsers. */
  sizedBeforeAnswer = false

  async createAnswer(): Promise<{ sdp: string }> {
    return { sdp: `answer to ${this.offers.at(-1)}` }
  }

  async setLocalDescription(): Promise<void> {
    this.sizedBeforeAnswer = this.encodings('cam').every(({ scaleResolutionDownBy }) => scaleResolutionDownBy)
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

  /** What is sent on this m-line, layer by layer. */
  encodings(mid: string): RTCRtpEncodingParameters[] {
    return this.transceivers.find((one) => one.mid === mid)?.sender.getParameters().encodings ?? []
  }

  /** The rids of the layers that are switched on. */
  active(mid: string): (string | undefined)[] {
    return this.encodings(mid).flatMap(({ rid, active }) => (active ? [rid] : []))
  }

  direction(mid: string): string | undefined {
    return this.transceivers.find((one) => one.mid === mid)?.direction
  }
}

/** The camera's m-line has three layers, as the server offers them. */
function madeUpSender(mid: string, refuses: string | null): MadeUpSender {
  const rids = mid === 'cam' ? ['l', 'm', 'h'] : [undefined]
  let encodings: RTCRtpEncodingParameters[] = rids.map((rid) => (rid ? { rid } : {}))
  const sender: MadeUpSender = {
    track: null,
    replaceTrack: async (track) => void (sender.track = track),
    getParameters: () => ({ encodings: structuredClone(encodings) }) as RTCRtpSendParameters,
    setParameters: async (parameters) => {
      if (refuses && parameters.encodings.some((encoding) => refuses in encoding)) throw new Error(refuses)
      encodings = parameters.encodings
    },
  }
  return sender
}

export function madeUpTrack(kind: string): MediaStreamTrack {
  const target = new EventTarget()
  return Object.assign(target, {
    kind,
    enabled: true,
    stopped: false,
    contentHint: '',
    stop(this: { stopped: boolean }) {
      this.stopped = true
    },
    getSettings: () => ({ width: 1280, height: 720, deviceId: `${kind}-1` }),
  }) as unknown as MediaStreamTrack
}

const stream = (tracks: MediaStreamTrack[]): MediaStream =>
  ({
    getTracks: () => tracks,
    getAudioTracks: () => tracks.filter((one) => one.kind === 'audio'),
    getVideoTracks: () => tracks.filter((one) => one.kind === 'video'),
  }) as unknown as MediaStream

/** `asked` hears every wish. */
export function madeUpDevices(asked?: (wish: MediaStreamConstraints) => void): MediaDevices {
  return Object.assign(new EventTarget(), {
    enumerateDevices: async () => [],
    getUserMedia: async (wish: MediaStreamConstraints) =>
      asked?.(wish) ??
      stream([...(wish.audio ? [madeUpTrack('audio')] : []), ...(wish.video ? [madeUpTrack('video')] : [])]),
    getDisplayMedia: async () => stream([madeUpTrack('video')]),
  }) as unknown as MediaDevices
}

export const person = (id: string, fields: Partial<Participant> = {}): Participant => ({
  id,
  name: id,
  role: 'guest',
  ball: 0,
  microphone: true,
  camera: true,
  screen: false,
  away: false,
  presenter: false,
  may_draw: true,
  ...fields,
})
export const welcome: ServerMessage = {
  type: 'welcome',
  participants: [person('p1'), person('p2')],
  slots: [{ mid: 'a0', source: { participant: 'p2', kind: 'microphone' } }],
  settings: { drawing: 'everyone', cursors: true, keeping: { policy: 'wipe' } },
  board: { id: 'b', ticket: 't' },
  may_draw: true,
  knocks: [],
}
export const MLINES = 'mic cam scr a0 music v0'

/** Lets promises that are already resolved run. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 60; i += 1) await Promise.resolve()
}

/** One stay of one person, and everything around it. */
export class MadeUpStage {
  readonly clock = new MadeUpClock()
  readonly wires: MadeUpWire[] = []
  readonly peers: MadeUpPeer[] = []
  readonly kept = new Map<string, string>()
  readonly local: LocalMedia
  readonly session: Session
  /** A field of encodings that this browser does not take. */
  refuses: string | null = null
  music: Speaker = silent()
  fadeStep: () => void = () => undefined

  constructor(devices: MediaDevices = madeUpDevices()) {
    const box = {
      getItem: (key: string) => this.kept.get(key) ?? null,
      setItem: (key: string, value: string) => void this.kept.set(key, value),
      removeItem: (key: string) => void this.kept.delete(key),
    }
    this.local = new LocalMedia(devices, new DeviceMemory(null))
    this.session = new Session('flausch', 'Juna', {
      clock: this.clock,
      openWire: () => {
        const made = new MadeUpWire()
        this.wires.push(made)
        return made
      },
      createPeer: () => {
        const made = new MadeUpPeer()
        made.refuses = this.refuses
        this.peers.push(made)
        return made as unknown as RTCPeerConnection
      },
      local: this.local,
      playout: this.playout(),
      stays: new Stays(box),
      streamOf: (one) => stream([one]),
    })
  }

  wire(): MadeUpWire {
    const last = this.wires.at(-1)
    if (!last) throw new Error('no socket')
    return last
  }

  peer(): MadeUpPeer {
    const last = this.peers.at(-1)
    if (!last) throw new Error('no peer connection')
    return last
  }

  /** The socket opens and the server says `joined`. */
  async arrive(version = 1): Promise<void> {
    this.wire().onopen?.()
    this.wire().say(joined({ offer: { version, sdp: `offer-${version} ${MLINES}` } }))
    await settle()
  }

  private playout(): Playout {
    return new Playout(
      () => (this.music = silent()),
      (one) => stream([one]),
      (ms, step) => {
        if (ms !== FADE_MS / 20) throw new Error('the music fades in twenty steps')
        this.fadeStep = step
        return () => undefined
      },
    )
  }
}

function silent(): Speaker {
  return { play: async () => undefined, pause: () => undefined, volume: 1, muted: false, srcObject: null }
}
