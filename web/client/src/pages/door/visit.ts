// One visit to one door, from the join page to the goodbye: the browser's parts, kept together for the pages.
import {
  browserClock,
  browserLocalMedia,
  browserParts,
  browserPlayout,
  browserStays,
  onNetworkChange,
  onPageSeen,
  storage,
} from '../../call/browser'
import { isOn } from '../../call/local-media'
import { Session } from '../../call/session'
import { Store } from '../../call/store'
import type { ServerMessage } from '../../signalling/protocol'
import { cue } from '../../sounds/cues'
import { KNOCK_AGAIN_MS, Sounds } from '../../sounds/sounds'

const NAME = 'kegelbahn.name'
const SOUNDS = 'kegelbahn.sounds'

export class Visit {
  readonly local = browserLocalMedia()
  readonly playout = browserPlayout()
  readonly stays = browserStays()
  readonly session = new Store<Session | null>(null)
  readonly soundsOn = new Store(storage('localStorage')?.getItem(SOUNDS) !== 'off')
  private readonly hearers = new Set<(message: ServerMessage) => void>()
  private readonly sounds: Sounds
  private context: AudioContext | null = null
  private stopWatching: (() => void) | null = null
  private cancelKnock: (() => void) | null = null
  private cancelGoing: (() => void) | null = null
  private speaker = ''

  constructor(readonly door: string) {
    this.sounds = new Sounds(
      () => this.audio(),
      this.soundsOn,
      () => this.speaking(),
    )
    // The remembered loudspeaker also serves after a reload, when no list of devices is shown.
    this.local.state.subscribe(() => this.point())
  }

  /** The name of earlier in this tab. */
  get name(): string {
    return this.stays.get(this.door)?.name ?? storage('sessionStorage')?.getItem(NAME) ?? ''
  }

  /** Meters, the echo and the sounds share one context; it runs after the first press. */
  audio(): AudioContext {
    this.context ??= new AudioContext()
    return this.context
  }

  wake = (): void => {
    if (this.context?.state === 'suspended') this.context.resume().catch(() => undefined)
  }

  /** Knocks, or goes in. */
  join(name: string): void {
    try {
      storage('sessionStorage')?.setItem(NAME, name)
    } catch {
      // Without storage the name is asked for again.
    }
    const before = this.session.get()
    if (before && before.meeting.get().phase !== 'ended') return before.rename(name)
    this.start(name)
  }

  /** After a reload: straight back with what was switched on. Returns whether there is anything to go back to. */
  comeBack(): boolean {
    const stay = this.stays.get(this.door)
    if (!stay || this.session.get()) return false
    this.start(stay.name)
    void this.local.open({ microphone: stay.microphone, camera: stay.camera })
    return true
  }

  /** For messages that only one part of the page wants, such as the board. Returns how to stop. */
  hear(hearer: (message: ServerMessage) => void): () => void {
    this.hearers.add(hearer)
    return () => this.hearers.delete(hearer)
  }

  setSounds(on: boolean): void {
    this.soundsOn.set(on)
    try {
      storage('localStorage')?.setItem(SOUNDS, on ? 'on' : 'off')
    } catch {
      // The switch then holds until the next visit.
    }
  }

  /** The page is shown; a release just before was only React drawing it twice. */
  retain(): () => void {
    this.cancelGoing?.()
    this.cancelGoing = null
    window.addEventListener('pointerdown', this.wake)
    window.addEventListener('keydown', this.wake)
    return () => {
      window.removeEventListener('pointerdown', this.wake)
      window.removeEventListener('keydown', this.wake)
      this.cancelGoing = browserClock.after(0, () => this.go())
    }
  }

  private start(name: string): void {
    const session = new Session(this.door, name, browserParts(this.local, this.playout))
    session.onMessage = (message) => {
      const sound = cue(message, session.meeting.get())
      if (sound) this.sounds.play(sound)
      if (sound === 'knock') this.knockAgain(session)
      for (const hear of this.hearers) hear(message)
    }
    this.stopWatching?.()
    const stops = [
      onNetworkChange(() => session.networkChanged()),
      onPageSeen((seen) => session.view.visible(seen)),
    ]
    this.stopWatching = () => stops.forEach((stop) => stop())
    this.session.set(session)
    session.start()
  }

  private knockAgain(session: Session): void {
    this.cancelKnock?.()
    this.cancelKnock = browserClock.after(KNOCK_AGAIN_MS, () => {
      if (session.meeting.get().knocks.length > 0) this.sounds.play('knock')
    })
  }

  private point(): void {
    const speaker = this.local.state.get().chosen.speaker ?? ''
    if (speaker === this.speaker) return
    this.speaker = speaker
    this.playout.setSink(speaker)
  }

  private speaking(): boolean {
    const meeting = this.session.get()?.meeting.get()
    if (!meeting?.you || !isOn(this.local.state.get().microphone)) return false
    return meeting.speaking.includes(meeting.you)
  }

  private go(): void {
    this.stopWatching?.()
    this.cancelKnock?.()
    const session = this.session.get()
    // Going to another page of ours is leaving; a reload never comes here.
    if (session && session.meeting.get().phase !== 'ended') session.leave()
    this.local.close()
    this.context?.close().catch(() => undefined)
    this.context = null
  }
}
