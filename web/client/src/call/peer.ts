// One RTCPeerConnection towards the server, which always offers. M-lines are addressed by `mid`: `mic`, `cam` and
// `scr` send, everything else receives (MEDIA.md, sections 2 and 3). Offers are answered one after the other.
// It decides nothing: recovery, devices and slots are others' business.
import { cameraEncoding, screenEncoding, type Encoding } from './encodings'

export type Sending = 'mic' | 'cam' | 'scr'

export interface PeerEvents {
  answer(version: number, sdp: string): void
  track(mid: string, track: MediaStreamTrack): void
  state(state: RTCPeerConnectionState): void
  /** The browser would not take the offer: only a new connection can help. */
  broken(): void
}

export class Peer {
  private readonly pc: RTCPeerConnection
  private readonly tracks: Record<Sending, MediaStreamTrack | null> = { mic: null, cam: null, scr: null }
  private work: Promise<void> = Promise.resolve()
  private weak = false
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
      await this.pc.setRemoteDescription({ type: 'offer', sdp })
      for (const transceiver of this.pc.getTransceivers()) {
        if (sending(transceiver.mid)) transceiver.direction = 'sendonly'
        else this.announce(transceiver)
      }
      await this.replaceAll()
      await this.pc.setLocalDescription()
      const answer = this.pc.localDescription
      if (answer && !this.closed) this.events.answer(version, answer.sdp)
    }, true)
  }

  /** Sends this track from now on, or nothing. Never renegotiates. */
  send(mid: Sending, track: MediaStreamTrack | null): void {
    this.tracks[mid] = track
    this.enqueue(() => this.replace(mid), false)
  }

  /** Smaller pictures while the line is weak. */
  setWeak(weak: boolean): void {
    if (this.weak === weak) return
    this.weak = weak
    this.enqueue(async () => {
      await this.limit('cam')
      await this.limit('scr')
    }, false)
  }

  stats(): Promise<RTCStatsReport> {
    return this.pc.getStats()
  }

  close(): void {
    this.closed = true
    this.pc.close()
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
    const wanted = this.encoding(mid)
    if (!sender || !wanted) return
    const parameters = sender.getParameters()
    const [first] = parameters.encodings
    if (!first) return
    Object.assign(first, wanted)
    if (mid === 'scr') parameters.degradationPreference = 'maintain-resolution'
    // A browser that refuses a field still sends, only less well measured.
    await sender.setParameters(parameters).catch(() => undefined)
  }

  private encoding(mid: Sending): Encoding | null {
    const track = this.tracks[mid]
    if (!track || mid === 'mic') return null
    return mid === 'cam' ? cameraEncoding(track.getSettings().width, this.weak) : screenEncoding(this.weak)
  }

  private sender(mid: Sending): RTCRtpSender | undefined {
    return this.pc.getTransceivers().find((transceiver) => transceiver.mid === mid)?.sender
  }
}

const SENDING = ['mic', 'cam', 'scr'] as const satisfies readonly Sending[]

function sending(mid: string | null): boolean {
  return mid === 'mic' || mid === 'cam' || mid === 'scr'
}
