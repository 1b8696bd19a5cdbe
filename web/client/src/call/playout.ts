// Plays what arrives: one audio element per audio slot, since an element survives every change of speaker in its
// slot. The music has a volume of its own and is faded out when one is let in. Knows mids, no people.
import { Store } from './store'

export const FADE_MS = 400

export interface PlayoutState {
  /** The browser wants a click before it makes a sound. */
  readonly blocked: boolean
  /** 0…1 */
  readonly musicVolume: number
  readonly musicMuted: boolean
}

/** The part of an audio element that is used. */
export type Speaker = Pick<HTMLAudioElement, 'play' | 'pause' | 'volume' | 'muted' | 'srcObject'> & {
  setSinkId?: (id: string) => Promise<void>
}

export class Playout {
  readonly state = new Store<PlayoutState>({ blocked: false, musicVolume: 0.5, musicMuted: false })
  private readonly speakers = new Map<string, Speaker>()
  private sink = ''
  private fading: (() => void) | null = null
  private faded = false

  constructor(
    private readonly create: () => Speaker,
    private readonly streamOf: (track: MediaStreamTrack) => MediaStream,
    private readonly every: (ms: number, step: () => void) => () => void,
  ) {}

  /** Plays an audio slot; a new connection's track takes the old one's place. */
  attach(mid: string, track: MediaStreamTrack): void {
    const speaker = this.speakers.get(mid) ?? this.create()
    this.speakers.set(mid, speaker)
    speaker.srcObject = this.streamOf(track)
    if (mid === MUSIC) this.applyMusic()
    this.point(speaker)
    this.start(speaker)
  }

  setMusicVolume(volume: number): void {
    this.state.patch({ musicVolume: Math.min(1, Math.max(0, volume)), musicMuted: false })
    this.applyMusic()
  }

  setMusicMuted(muted: boolean): void {
    this.state.patch({ musicMuted: muted })
    this.applyMusic()
  }

  /** Waiting again: the music is heard again. */
  unfadeMusic(): void {
    this.fading?.()
    this.fading = null
    this.faded = false
    this.applyMusic()
  }

  /** Let in: the music goes in 400 ms, the server stops sending it at 600. */
  fadeMusic(): void {
    const music = this.speakers.get(MUSIC)
    if (!music || this.fading || this.faded) return
    const from = music.volume
    let step = 0
    this.fading = this.every(FADE_MS / STEPS, () => {
      step += 1
      music.volume = Math.max(0, from * (1 - step / STEPS))
      if (step < STEPS) return
      this.fading?.()
      this.fading = null
      this.faded = true
      music.muted = true
    })
  }

  /** The chosen loudspeaker, where the browser knows such a thing; '' is the system's. */
  setSink(id: string): void {
    this.sink = id
    for (const speaker of this.speakers.values()) this.point(speaker)
  }

  /** After the click that the browser wanted. */
  unblock(): void {
    this.state.patch({ blocked: false })
    for (const speaker of this.speakers.values()) this.start(speaker)
  }

  stop(): void {
    this.fading?.()
    this.fading = null
    for (const speaker of this.speakers.values()) {
      speaker.pause()
      speaker.srcObject = null
    }
    this.speakers.clear()
  }

  private start(speaker: Speaker): void {
    speaker.play().catch((error: unknown) => {
      // Being interrupted by a newer track is no refusal.
      if (error instanceof Error && error.name === 'NotAllowedError') this.state.patch({ blocked: true })
    })
  }

  private point(speaker: Speaker): void {
    // A loudspeaker that has gone leaves the system's in use.
    speaker.setSinkId?.(this.sink).catch(() => undefined)
  }

  private applyMusic(): void {
    const music = this.speakers.get(MUSIC)
    if (!music || this.fading || this.faded) return
    const { musicVolume, musicMuted } = this.state.get()
    music.volume = musicVolume
    music.muted = musicMuted
  }
}

const MUSIC = 'music'
const STEPS = 20
