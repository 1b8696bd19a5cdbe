// One RTCPeerConnection towards the server, which always offers. M-lines are addressed by `mid`: `mic`, `cam` and
// `scr` send, everything else receives (MEDIA.md, sections 2 and 3). Offers are answered one after the other.
// It decides nothing: recovery, devices and slots are others' business.
import type { LayerName } from '../signalling/protocol'
import { cameraLayers, LAYERS, microphoneEncoding, screenEncoding, type Encoding } from './encodings'
import { withMusic, withStereoSlots } from './opus'

export type Sending = 'mic' | 'cam' | 'scr'

export interface PeerEvents {
  answer(version: number, sdp: string): void
  track(mid: string, track: MediaStreamTrack): void
  state(state: RTCPeerConnectionState): void
  /** The browser would not take the offer: only a new connection can help. */
  broken(): void
}

/** What anybody watches of one's own pictures. */
export interface Watched {
  readonly camera: ReadonlySet<LayerName>
  readonly screen: boolean
}

export class Peer {
  private readonly pc: RTCPeerConnection
  private readonly tracks: Record<Sending, MediaStreamTrack | null> = { mic: null, cam: null, scr: null }
  private work: Promise<void> = Promise.resolve()
  /** Everything until the server says what is watched. */
  private watched: Watched = { camera: new Set(LAYERS), screen: true }
  private music = false
  private offer: string | null = null
  private closed = false
  private readonly known = new Set<string>()

  constructor(
    create: (config: RTCConfiguration) => RTCPeerConnection,
    iceServers: RTCIceServer[],
    private readonly events: PeerEvents,
  ) {
    this.pc = create({ bundlePolicy: 'max-bundle', iceServers })
    this.pc.addEventListener('connectionstatechange', () => {
      if (!this.closed) events.state(this.pc.connectionState)
    })
  }

  get state(): RTCPeerConnectionState {
    return this.pc.connectionState
  }

  /** Answers the server's offer: the first one, one with more slots, or an ICE restart. All the same path. */
  accept(version: number, sdp: string): void {
    this.enqueue(async () => {
      this.offer = sdp
      await this.apply(sdp)
      const answer = this.pc.localDescription
      if (answer && !this.closed) this.events.answer(version, answer.sdp)
    }, true)
  }

  /** The microphone sends music, or speech again. Only this browser's side changes, so the server is not told. */
  setMusic(music: boolean): void {
    if (this.music === music) return
    this.music = music
    this.enqueue(async () => {
      if (this.offer !== null) await this.apply(this.offer)
    }, true)
  }

  /** Sends this track from now on, or nothing. Never renegotiates. */
  send(mid: Sending, track: MediaStreamTrack | null): void {
    this.tracks[mid] = track
    this.enqueue(() => this.replace(mid), false)
  }

  /** Sends exactly these layers from now on, also after another track or answer. */
  watch(watched: Watched): void {
    this.watched = watched
    this.enqueue(async () => {
      await this.limit('cam')
      await this.limit('scr')
    }, false)
  }

  /** How long the picture in this slot waits for what is late; 0 is as short as the browser can. */
  wait(mid: string, ms: number): void {
    const receiver = this.pc.getTransceivers().find((transceiver) => transceiver.mid === mid)?.receiver
    // Where it is unknown, setting it does nothing.
    if (receiver) (receiver as { jitterBufferTarget?: number | null }).jitterBufferTarget = ms || null
  }

  stats(): Promise<RTCStatsReport> {
    return this.pc.getStats()
  }

  close(): void {
    this.closed = true
    this.pc.close()
  }

  private async apply(sdp: string): Promise<void> {
    await this.pc.setRemoteDescription({ type: 'offer', sdp: this.music ? withMusic(sdp) : sdp })
    for (const transceiver of this.pc.getTransceivers()) {
      if (sending(transceiver.mid)) transceiver.direction = 'sendonly'
      else this.announce(transceiver)
    }
    await this.replaceAll()
    const answer = await this.pc.createAnswer()
    const stereo = { type: 'answer', sdp: withStereoSlots(answer.sdp ?? '') } as const
    // A browser that takes only its own words hears mono.
    await this.pc.setLocalDescription(stereo).catch(() => this.pc.setLocalDescription())
  }

  private enqueue(job: () => Promise<void>, vital: boolean): void {
    this.work = this.work
      .then(() => (this.closed ? undefined : job()))
      .catch(() => {
        if (vital && !this.closed) this.events.broken()
      })
  }

  private announce(transceiver: RTCRtpTransceiver): void {
    const { mid } = transceiver
    if (mid === null || this.known.has(mid)) return
    this.known.add(mid)
    this.events.track(mid, transceiver.receiver.track)
  }

  private async replaceAll(): Promise<void> {
    for (const mid of SENDING) await this.replace(mid)
  }

  private async replace(mid: Sending): Promise<void> {
    const sender = this.sender(mid)
    if (!sender) return
    const track = this.tracks[mid]
    if (sender.track !== track) await sender.replaceTrack(track)
    await this.limit(mid)
  }

  private async limit(mid: Sending): Promise<void> {
    const sender = this.sender(mid)
    if (!sender) return
    const set = async (rich: boolean): Promise<void> => {
      const parameters = sender.getParameters()
      parameters.encodings.forEach((encoding) =>
        Object.assign(encoding, this.wanted(mid, encoding.rid, rich)),
      )
      if (mid === 'scr') parameters.degradationPreference = 'maintain-resolution'
      await sender.setParameters(parameters)
    }
    // Temporal layers are not everywhere; a browser that refuses more than them still sends, only less well measured.
    await set(true).catch(() => set(false).catch(() => undefined))
  }

  private wanted(mid: Sending, rid: string | undefined, rich: boolean): RTCRtpEncodingParameters {
    const encoding = this.encoding(mid, rid)
    if (!encoding) return mid === 'mic' ? microphoneEncoding(this.music) : {}
    const { scalabilityMode, ...plain } = encoding
    // The typings lag behind the specification (WebRTC-SVC).
    return rich ? ({ ...plain, scalabilityMode } as RTCRtpEncodingParameters) : plain
  }

  private encoding(mid: Sending, rid: string | undefined): Encoding | null {
    const track = this.tracks[mid]
    if (!track || mid === 'mic') return null
    if (mid === 'scr') return screenEncoding(this.watched.screen)
    const settings = track.getSettings()
    const layers = cameraLayers(settings, this.watched.camera)
    if (isLayer(rid)) return layers[rid]
    // A server or browser without simulcast: one picture, as large as the largest that anybody watches.
    return (
      LAYERS.map((name) => layers[name]).findLast(({ active }) => active) ?? { ...layers.l, active: false }
    )
  }

  private sender(mid: Sending): RTCRtpSender | undefined {
    return this.pc.getTransceivers().find((transceiver) => transceiver.mid === mid)?.sender
  }
}

const SENDING = ['mic', 'cam', 'scr'] as const satisfies readonly Sending[]

function sending(mid: string | null): boolean {
  return mid === 'mic' || mid === 'cam' || mid === 'scr'
}

function isLayer(rid: string | undefined): rid is LayerName {
  return rid === 'l' || rid === 'm' || rid === 'h'
}
