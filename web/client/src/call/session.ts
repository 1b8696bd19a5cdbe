// One stay behind one door: ties signalling, peer connection, devices and loudspeakers together. No React; pages
// read its stores and call its methods. It decides little: `state.ts`, `recovery.ts` and `quality.ts` do.
import type { ClientMessage, DrawingRight, Keeping, MediaState, ServerMessage } from '../signalling/protocol'
import { SignallingSocket, type Clock, type Wire } from '../signalling/socket'
import { newMeeting, reduce, type MeetingEvent } from '../signalling/state'
import type { Stays } from '../signalling/resume'
import { isOn, type LocalMedia, type Sent } from './local-media'
import { LineWatch, noLines } from './lines'
import { wayOf, type PathEntry, type Way } from './path'
import { Peer, type Sending } from './peer'
import { togglePin } from './pins'
import type { Playout } from './playout'
import { Quality } from './quality'
import { Recovery, type RecoveryAction } from './recovery'
import { figures, type Entry } from './stats'
import { Store } from './store'
import { ToldMedia } from './told-media'
import { ViewReport } from './view-report'

/** The media connection, as it is told to people. */
export type MediaPath =
  | 'connecting'
  | 'connected'
  /** Being mended; what was heard may be silent for a moment. */
  | 'mending'
  /** It never came up: the network lets no media through. */
  | 'blocked'

export interface PathState {
  readonly path: MediaPath
  readonly weak: boolean
  /** The way that media takes, once one was found; during a mend the one before. */
  readonly way: Way | null
}

/** What a session is made of; tests bring their own. */
export interface Parts {
  readonly clock: Clock
  readonly openWire: () => Wire
  readonly createPeer: (config: RTCConfiguration) => RTCPeerConnection
  readonly local: LocalMedia
  readonly playout: Playout
  readonly stays: Stays
  readonly streamOf: (track: MediaStreamTrack) => MediaStream
}

export const STATS_EVERY_MS = 500
const QUALITY_EVERY = 4
const MIDS: Record<Sent, Sending> = { microphone: 'mic', camera: 'cam', screen: 'scr' }

export class Session {
  readonly meeting = new Store(newMeeting)
  readonly path = new Store<PathState>({ path: 'connecting', weak: false, way: null })
  /** The pictures that arrive, by `mid`. */
  readonly pictures = new Store<Readonly<Record<string, MediaStream>>>({})
  /** What comes and goes through each slot, every two seconds. */
  readonly lines = new Store(noLines)
  /** Whom this page shows large. */
  readonly pins = new Store<readonly string[]>([])
  /** Every message as it comes, for sounds and the board. */
  onMessage: (message: ServerMessage) => void = () => undefined
  private readonly socket: SignallingSocket
  private peer: Peer | null = null
  private recovery = new Recovery()
  private quality = new Quality()
  private readonly watch = new LineWatch()
  private cancelStats: (() => void) | null = null
  private round = 0
  private readonly told = new ToldMedia()
  /** What the page shows goes here. */
  readonly view: ViewReport

  constructor(
    readonly door: string,
    private name: string,
    private readonly parts: Parts,
  ) {
    this.view = new ViewReport(parts.clock, (show) => this.ask({ type: 'view', show }))
    this.socket = new SignallingSocket(
      parts.openWire,
      () => ({ door, name: this.name, resume: parts.stays.get(door)?.token ?? null, media: this.ownMedia() }),
      {
        message: (message) => this.received(message),
        lost: () => {
          this.view.close()
          this.apply({ type: 'socket_lost', now: parts.clock.now() })
        },
        outdated: () => this.end('outdated'),
      },
      parts.clock,
    )
    parts.local.onTrack = (kind, track) => this.peer?.send(MIDS[kind], track)
    parts.local.onSwitch = () => this.tellMedia()
    parts.local.onMusic = (music) => this.peer?.setMusic(music)
  }

  start(): void {
    this.socket.start()
  }

  /** Shows somebody large, or no longer. */
  pin(participant: string): void {
    this.pins.set(togglePin(this.pins.get(), participant))
  }

  /** After `name_invalid`. */
  rename(name: string): void {
    this.name = name
    this.apply({ type: 'refusal_seen' })
    this.socket.rejoin()
  }

  ask(message: ClientMessage): boolean {
    return this.socket.send(message)
  }

  configure(settings: { drawing?: DrawingRight; cursors?: boolean; keeping?: Keeping }): void {
    this.ask({
      type: 'configure',
      drawing: settings.drawing ?? null,
      cursors: settings.cursors ?? null,
      keeping: settings.keeping ?? null,
    })
  }

  /** Says goodbye and ends here at once; the server's answer is not waited for. */
  leave(): void {
    this.ask({ type: 'leave' })
    this.end('left')
  }

  /** Gone without a goodbye: a reload comes back with the token. */
  abandon(): void {
    this.socket.stop()
    this.shutDown()
  }

  /** `online`, a change of the connection, or a laptop that woke up. */
  networkChanged(): void {
    this.socket.hurry()
    this.socket.probe()
    this.act(this.recovery.on({ type: 'network_changed', now: this.parts.clock.now() }))
  }

  refusalSeen(): void {
    this.apply({ type: 'refusal_seen' })
  }

  returnSeen(): void {
    this.apply({ type: 'return_seen' })
  }

  private received(message: ServerMessage): void {
    this.onMessage(message)
    if (message.type === 'error' && message.code === 'door_unknown') return this.end('door_unknown')
    this.apply({ type: 'server', message, now: this.parts.clock.now() })
    if (message.type === 'joined') this.joined(message)
    if (message.type === 'offer') this.peer?.accept(message.version, message.sdp)
    if (message.type === 'layers') {
      this.peer?.watch({ camera: new Set(message.camera), screen: message.screen })
    }
    if (message.type === 'error' && message.code === 'server_full') this.giveWay()
    if (message.type === 'waiting') {
      this.view.close()
      this.parts.playout.unfadeMusic()
    }
    if (message.type === 'welcome') {
      this.parts.playout.fadeMusic()
      this.remember()
      this.view.welcome()
    }
    if (message.type === 'bye' && message.reason !== 'restarting') this.ended(message.reason !== 'elsewhere')
  }

  private joined(message: Extract<ServerMessage, { type: 'joined' }>): void {
    const { door } = this
    const known = this.parts.stays.get(door)
    const { microphone, camera } = known ?? this.ownMedia()
    this.parts.stays.set(door, {
      token: message.resume,
      name: this.name,
      insideSince: known?.insideSince ?? null,
      microphone,
      camera,
    })
    this.view.close()
    this.build(message)
    this.told.forget()
    this.sayMedia()
  }

  private build(message: Extract<ServerMessage, { type: 'joined' }>): void {
    this.peer?.close()
    if (this.path.get().path === 'connected') this.path.patch({ path: 'mending' })
    const { parts } = this
    const iceServers = message.ice_servers.map(({ urls, username, credential }) => ({
      urls,
      ...(username !== null && { username }),
      ...(credential !== null && { credential }),
    }))
    const peer = new Peer(parts.createPeer, iceServers, {
      answer: (version, sdp) => void this.ask({ type: 'answer', version, sdp }),
      track: (mid, track) => this.arrived(mid, track),
      state: (state) => this.peerState(peer, state),
      broken: () => this.act('rebuild'),
    })
    this.peer = peer
    const { microphone, camera, screen, music } = parts.local.state.get()
    peer.setMusic(music)
    peer.send('mic', microphone.track)
    peer.send('cam', camera.track)
    peer.send('scr', screen.track)
    this.recovery.on({ type: 'built', now: parts.clock.now() })
    peer.accept(message.offer.version, message.offer.sdp)
    this.cancelStats ??= parts.clock.after(STATS_EVERY_MS, this.measure)
  }

  private arrived(mid: string, track: MediaStreamTrack): void {
    if (track.kind === 'audio') this.parts.playout.attach(mid, track)
    else this.pictures.patch({ [mid]: this.parts.streamOf(track) })
  }

  private peerState(peer: Peer, state: RTCPeerConnectionState): void {
    if (peer !== this.peer) return
    if (state === 'connected') this.path.patch({ path: 'connected' })
    this.act(this.recovery.on({ type: 'state', state, now: this.parts.clock.now() }))
  }

  private act(action: RecoveryAction): void {
    switch (action) {
      case 'none':
        return
      case 'restart_ice':
        if (this.path.get().path === 'connected') this.path.patch({ path: 'mending' })
        this.ask({ type: 'restart_ice' })
        return
      case 'rebuild':
        this.path.patch({ path: this.recovery.failures >= 2 ? 'blocked' : 'mending' })
        this.socket.reconnect()
    }
  }

  private readonly measure = (): void => {
    const { peer } = this
    const again = (): void => {
      this.cancelStats = this.parts.clock.after(STATS_EVERY_MS, this.measure)
    }
    if (!peer) return again()
    peer
      .stats()
      .then((report) => {
        if (peer === this.peer)
          this.measured([...(report as unknown as Map<string, Entry & PathEntry>).values()])
      })
      .catch(() => undefined)
      .finally(() => {
        if (this.cancelStats) again()
      })
  }

  private measured(entries: readonly (Entry & PathEntry)[]): void {
    const way = wayOf(entries)
    if (way !== null && way !== this.path.get().way) this.path.patch({ way })
    const { bytes, counters } = figures(entries)
    const now = this.parts.clock.now()
    const action = this.recovery.on({ type: 'bytes', total: bytes, expected: this.expectsMedia(), now })
    if (action === 'none' && this.path.get().path === 'mending' && this.peer?.state === 'connected') {
      if (!this.recovery.stalled(now)) this.path.patch({ path: 'connected' })
    }
    this.act(action)
    this.round += 1
    if (this.round % QUALITY_EVERY !== 0) return
    this.lines.set(this.watch.sample(entries, now))
    if (this.quality.sample(counters)) this.path.patch({ weak: this.quality.weak })
  }

  /** Whether silence would be a fault: somebody is in a slot and is sending. */
  private expectsMedia(): boolean {
    const { link, slots, participants, phase } = this.meeting.get()
    if (link.kind !== 'open') return false
    if (phase === 'waiting') return true
    return Object.values(slots).some((source) => {
      if (!source) return false
      const whose = participants.find((p) => p.id === source.participant)
      return source.kind !== 'music' && whose !== undefined && !whose.away && whose[source.kind]
    })
  }

  private ownMedia(): MediaState {
    const { microphone, camera, screen } = this.parts.local.state.get()
    return { microphone: isOn(microphone), camera: isOn(camera), screen: isOn(screen) }
  }

  private tellMedia(): void {
    const media = this.ownMedia()
    const stay = this.parts.stays.get(this.door)
    if (stay) this.parts.stays.set(this.door, { ...stay, microphone: media.microphone, camera: media.camera })
    this.sayMedia()
  }

  private sayMedia(): void {
    const media = this.ownMedia()
    if (this.told.isNews(media) && this.ask({ type: 'set_media', ...media })) this.told.tell(media)
  }

  /** The server carries no more pictures: ours goes out, so that its light does not promise what nobody sees. */
  private giveWay(): void {
    for (const kind of this.told.refused()) {
      if (kind === 'camera') void this.parts.local.set('camera', false)
      else this.parts.local.stopSharing()
    }
  }

  private remember(): void {
    const { door } = this
    const stay = this.parts.stays.get(door)
    const { insideSince } = this.meeting.get()
    if (!stay) return
    if (stay.insideSince === null) this.parts.stays.set(door, { ...stay, insideSince })
    else this.meeting.patch({ insideSince: stay.insideSince })
  }

  private apply(event: MeetingEvent): void {
    this.meeting.set(reduce(this.meeting.get(), event))
  }

  private end(ending: 'left' | 'door_unknown' | 'outdated'): void {
    this.socket.stop()
    this.apply({ type: 'ended', ending })
    this.ended(true)
  }

  /** `forget` is false when the same stay goes on in another window. */
  private ended(forget: boolean): void {
    if (forget) this.parts.stays.forget(this.door)
    this.shutDown()
  }

  private shutDown(): void {
    this.cancelStats?.()
    this.cancelStats = null
    this.view.close()
    this.peer?.close()
    this.peer = null
    this.parts.playout.stop()
    this.parts.local.close()
  }
}
