// The sounds of the house, made by Web Audio as DESIGN.md writes them: no files, one switch. `dBFS` are peaks.
import type { Store } from '../call/store'

export type Sound = 'knock' | 'join' | 'leave' | 'let_in'

/** One piece of a sound. Pure, so that a test can read the score. */
export type Note =
  | {
      readonly kind: 'sine'
      readonly at: number
      readonly seconds: number
      readonly from: number
      readonly to: number
      readonly db: number
    }
  | {
      readonly kind: 'click'
      readonly at: number
      readonly seconds: number
      readonly hertz: number
      readonly q: number
      readonly decay: number
      readonly db: number
    }

/** Above this many people, coming and going makes no sound. */
export const QUIET_ABOVE = 20
/** A knock that nobody answered is heard once more; then only the badge says it. */
export const KNOCK_AGAIN_MS = 20_000
/** While one speaks, nothing is louder than this. */
const OWN_SPEECH_DB = -24

const wood = (at: number): Note[] => [
  { kind: 'click', at, seconds: 0.008, hertz: 1100, q: 9, decay: 0.07, db: -14 },
  { kind: 'sine', at, seconds: 0.06, from: 190, to: 150, db: -14 },
]
const pin = (at: number, hertz: number): Note => ({
  kind: 'click',
  at,
  seconds: 0.006,
  hertz,
  q: 12,
  decay: 0.04,
  db: -20,
})

/** What each sound is made of. */
export const SCORES: Readonly<Record<Sound, readonly Note[]>> = {
  knock: [...wood(0), ...wood(0.14)],
  join: [{ kind: 'sine', at: 0, seconds: 0.11, from: 392, to: 523, db: -24 }],
  leave: [{ kind: 'sine', at: 0, seconds: 0.11, from: 523, to: 392, db: -24 }],
  let_in: [pin(0, 1500), pin(0.08, 1800), pin(0.16, 2150)],
}

/** The peak of a note, from 0 to 1. */
export function peak(note: Note, speaking: boolean): number {
  return 10 ** ((speaking ? Math.min(note.db, OWN_SPEECH_DB) : note.db) / 20)
}

/** Plays sounds while they are switched on. */
export class Sounds {
  private context: AudioContext | null = null

  constructor(
    private readonly create: () => AudioContext,
    /** Switched on or off by the person. */
    private readonly on: Pick<Store<boolean>, 'get'>,
    private readonly speaking: () => boolean,
  ) {}

  play(sound: Sound): void {
    if (!this.on.get()) return
    this.context ??= this.create()
    const { context } = this
    // Browsers start an audio context only after a press; a sound that comes later than its cause is none.
    if (context.state !== 'running') {
      context.resume().catch(() => undefined)
      return
    }
    for (const note of SCORES[sound]) this.sound(context, note)
  }

  /** On a press, so that the first knock can already be heard. */
  wake(): void {
    this.context ??= this.create()
    this.context.resume().catch(() => undefined)
  }

  close(): void {
    this.context?.close().catch(() => undefined)
    this.context = null
  }

  private sound(context: AudioContext, note: Note): void {
    const start = context.currentTime + 0.01 + note.at
    const gain = context.createGain()
    gain.connect(context.destination)
    const loud = peak(note, this.speaking())
    if (note.kind === 'sine') {
      const oscillator = context.createOscillator()
      oscillator.frequency.setValueAtTime(note.from, start)
      oscillator.frequency.linearRampToValueAtTime(note.to, start + note.seconds)
      gain.gain.setValueAtTime(0, start)
      gain.gain.linearRampToValueAtTime(loud, start + 0.008)
      gain.gain.setTargetAtTime(0, start + note.seconds * 0.6, note.seconds * 0.15)
      oscillator.connect(gain)
      oscillator.start(start)
      oscillator.stop(start + note.seconds * 1.6)
      return
    }
    const source = context.createBufferSource()
    source.buffer = noise(context, note.seconds)
    const filter = context.createBiquadFilter()
    filter.type = 'bandpass'
    filter.frequency.value = note.hertz
    filter.Q.value = note.q
    // A narrow band takes most of the noise away: give back what Q takes.
    gain.gain.setValueAtTime(loud * Math.sqrt(note.q), start)
    gain.gain.setTargetAtTime(0, start + note.seconds, note.decay / 4)
    source.connect(filter).connect(gain)
    source.start(start)
  }
}

function noise(context: AudioContext, seconds: number): AudioBuffer {
  const buffer = context.createBuffer(1, Math.ceil(seconds * context.sampleRate), context.sampleRate)
  const samples = buffer.getChannelData(0)
  for (let i = 0; i < samples.length; i += 1) samples[i] = Math.random() * 2 - 1
  return buffer
}
