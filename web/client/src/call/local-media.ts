// One's own microphone, camera and screen: asks the browser, switches, changes devices while talking, notices when
// one is unplugged. It sends nothing: whoever holds it is told of every new track by `onTrack`.
// Invariants: a switched-off camera is stopped, so that its light goes out; a muted microphone keeps its track.
import { CAMERA_WANTED } from './encodings'
import {
  noDevices,
  recall,
  sorted,
  troubleOf,
  type DeviceKind,
  type DeviceMemory,
  type Devices,
  type Trouble,
} from './devices'
import { Store } from './store'

export interface Source {
  /** What the person wants. */
  readonly wanted: boolean
  readonly track: MediaStreamTrack | null
  readonly trouble: Trouble | null
  /** The browser is being asked. */
  readonly asking: boolean
  /** It was there and has gone. */
  readonly unplugged: boolean
}

export interface LocalState {
  readonly microphone: Source
  readonly camera: Source
  readonly screen: Source
  readonly devices: Devices
  readonly chosen: Readonly<Record<DeviceKind, string | null>>
  /** The microphone hears music: in stereo, and nothing of it is filtered away. */
  readonly music: boolean
}

type Captured = 'microphone' | 'camera'
export type Sent = Captured | 'screen'

const idle: Source = { wanted: false, track: null, trouble: null, asking: false, unplugged: false }

/** Whether it is to be heard or seen. */
export function isOn(source: Source): boolean {
  return source.wanted && source.track !== null
}

export class LocalMedia {
  readonly state: Store<LocalState>
  /** Told with every new track, and with null when there is none any more. */
  onTrack: (kind: Sent, track: MediaStreamTrack | null) => void = () => undefined
  /** Told when the person's will or the fact behind it changed. */
  onSwitch: () => void = () => undefined
  /** Told when the microphone begins or ceases to hear music. */
  onMusic: (music: boolean) => void = () => undefined
  private readonly turns: Record<Captured, number> = { microphone: 0, camera: 0 }
  private closed = false

  constructor(
    private readonly browser: MediaDevices | null,
    private readonly memory: DeviceMemory,
  ) {
    this.state = new Store<LocalState>({
      microphone: idle,
      camera: idle,
      screen: idle,
      devices: noDevices,
      chosen: { microphone: null, camera: null, speaker: null },
      music: memory.music,
    })
    browser?.addEventListener('devicechange', this.devicesChanged)
  }

  /** Asks for both at once (one question instead of two), and for each alone if that fails. */
  async open(wanted: { microphone: boolean; camera: boolean }): Promise<void> {
    await this.list()
    if (wanted.microphone && wanted.camera) {
      const stream = await this.capture(['microphone', 'camera']).catch(() => null)
      if (stream) {
        this.took('microphone', stream.getAudioTracks()[0] ?? null)
        this.took('camera', stream.getVideoTracks()[0] ?? null)
        await this.list()
        return
      }
    }
    await Promise.all([
      wanted.microphone ? this.set('microphone', true) : undefined,
      wanted.camera ? this.set('camera', true) : undefined,
    ])
    await this.list()
  }

  /** Switches one's microphone or camera. */
  async set(kind: Captured, on: boolean): Promise<void> {
    const source = this.state.get()[kind]
    if (!on) {
      this.patch(kind, { wanted: false, trouble: null, unplugged: false })
      if (kind === 'camera') this.release('camera')
      else if (source.track) source.track.enabled = false
      this.onSwitch()
      return
    }
    this.patch(kind, { wanted: true })
    if (source.track) {
      source.track.enabled = true
      this.onSwitch()
      return
    }
    await this.acquire(kind)
  }

  /** Gives a device back for good, as for listening only. */
  drop(kind: Captured): void {
    this.turns[kind] += 1
    this.release(kind)
    this.patch(kind, idle)
    this.onSwitch()
  }

  /** Takes another device, also in the middle of a sentence. */
  async choose(kind: DeviceKind, id: string): Promise<void> {
    const { chosen, devices } = this.state.get()
    this.state.patch({ chosen: { ...chosen, [kind]: id } })
    const device = devices[kind].find((candidate) => candidate.id === id)
    if (device) this.memory.set(kind, device)
    if (kind === 'speaker') return
    const source = this.state.get()[kind]
    if (source.track || source.wanted) await this.acquire(kind)
  }

  /** Music or speech: another treatment of the same microphone, which the browser has to open anew for it. */
  async setMusic(music: boolean): Promise<void> {
    if (this.state.get().music === music) return
    this.state.patch({ music })
    this.memory.music = music
    this.onMusic(music)
    if (this.state.get().microphone.track) await this.acquire('microphone')
  }

  /** Shows the screen; the browser asks which. Returns quietly when the person changes their mind. */
  async share(): Promise<void> {
    if (!this.browser || !('getDisplayMedia' in this.browser)) return
    this.patch('screen', { asking: true, trouble: null })
    try {
      const stream = await this.browser.getDisplayMedia({
        video: { frameRate: { ideal: 15, max: 30 } },
        audio: false,
      })
      const track = stream.getVideoTracks()[0] ?? null
      if (track) {
        track.contentHint = 'detail'
        track.addEventListener('ended', () => this.stopSharing())
      }
      this.patch('screen', { asking: false, wanted: track !== null, track })
      this.onTrack('screen', track)
      this.onSwitch()
    } catch (error) {
      const trouble = troubleOf(error)
      this.patch('screen', {
        asking: false,
        trouble: trouble === 'denied' || trouble === 'dismissed' ? null : trouble,
      })
    }
  }

  stopSharing(): void {
    const { track } = this.state.get().screen
    if (!track) return
    this.patch('screen', idle)
    track.stop()
    this.onTrack('screen', null)
    this.onSwitch()
  }

  /** Lights out. */
  close(): void {
    this.closed = true
    this.browser?.removeEventListener('devicechange', this.devicesChanged)
    const { microphone, camera, screen } = this.state.get()
    for (const source of [microphone, camera, screen]) source.track?.stop()
    this.state.patch({ microphone: idle, camera: idle, screen: idle })
  }

  private readonly devicesChanged = (): void => {
    void this.list()
  }

  private async acquire(kind: Captured): Promise<void> {
    const turn = (this.turns[kind] += 1)
    this.patch(kind, { asking: true, trouble: null, unplugged: false })
    try {
      const stream = await this.capture([kind])
      const track = stream.getTracks()[0] ?? null
      // Switched again meanwhile: the later wish counts.
      const unwanted = !this.state.get()[kind].wanted && !this.isMuted(kind)
      if (turn !== this.turns[kind] || this.closed || unwanted) {
        track?.stop()
        if (turn === this.turns[kind]) this.patch(kind, { asking: false })
        return
      }
      this.took(kind, track)
      await this.list()
    } catch (error) {
      if (turn !== this.turns[kind]) return
      this.release(kind)
      this.patch(kind, {
        asking: false,
        wanted: false,
        trouble: this.browser ? troubleOf(error) : 'insecure',
      })
      this.onSwitch()
    }
  }

  private async capture(kinds: readonly Captured[]): Promise<MediaStream> {
    // Without a secure context browsers have no `mediaDevices` at all.
    if (!this.browser) throw new Error('insecure')
    const wish = (kind: Captured): { deviceId?: ConstrainDOMString } => {
      const id = this.state.get().chosen[kind]
      return id ? { deviceId: { ideal: id } } : {}
    }
    const { music } = this.state.get()
    return this.browser.getUserMedia({
      audio: kinds.includes('microphone') && {
        ...wish('microphone'),
        echoCancellation: !music,
        noiseSuppression: !music,
        autoGainControl: !music,
        ...(music && { channelCount: { ideal: 2 } }),
      },
      video: kinds.includes('camera') && { ...wish('camera'), ...CAMERA_WANTED },
    })
  }

  private took(kind: Captured, track: MediaStreamTrack | null): void {
    if (this.closed) {
      track?.stop()
      return
    }
    const before = this.state.get()[kind].track
    const isMuted = this.isMuted(kind)
    if (kind === 'microphone' && track) {
      track.enabled = !isMuted
      if (this.state.get().music) track.contentHint = 'music'
    }
    track?.addEventListener('ended', () => this.lost(kind, track))
    const id = track?.getSettings().deviceId ?? null
    this.state.patch({ chosen: { ...this.state.get().chosen, [kind]: id ?? this.state.get().chosen[kind] } })
    this.patch(kind, {
      wanted: track !== null && !isMuted,
      track,
      asking: false,
      trouble: track ? null : 'missing',
      unplugged: false,
    })
    this.onTrack(kind, track)
    before?.stop()
    this.onSwitch()
  }

  /** Whoever changes devices while muted stays muted. */
  private isMuted(kind: Captured): boolean {
    const { track, wanted } = this.state.get()[kind]
    return kind === 'microphone' && track !== null && !wanted
  }

  /** Unplugged, or taken away by the system. */
  private lost(kind: Captured, track: MediaStreamTrack): void {
    if (this.state.get()[kind].track !== track) return
    this.patch(kind, { wanted: false, track: null, unplugged: true })
    this.onTrack(kind, null)
    this.onSwitch()
  }

  private release(kind: Captured): void {
    const { track } = this.state.get()[kind]
    if (!track) return
    this.patch(kind, { track: null })
    track.stop()
    this.onTrack(kind, null)
  }

  private async list(): Promise<void> {
    const infos = await this.browser?.enumerateDevices().catch(() => null)
    if (!infos || this.closed) return
    const devices = sorted(infos)
    const { chosen } = this.state.get()
    const still = (kind: DeviceKind): string | null =>
      devices[kind].find((device) => device.id === chosen[kind])?.id ??
      recall(devices[kind], this.memory.get(kind))
    this.state.patch({
      devices,
      chosen: { microphone: still('microphone'), camera: still('camera'), speaker: still('speaker') },
    })
  }

  private patch(kind: Sent, fields: Partial<Source>): void {
    this.state.patch({ [kind]: { ...this.state.get()[kind], ...fields } })
  }
}
