// How loud a microphone is, in nine segments like the pins. The arithmetic is pure; `listen` is its thin shell.

export const SEGMENTS = 9
const FLOOR_DB = -54
const TOP_DB = -12

/** Samples between -1 and 1 to 0…9 segments: even steps of loudness from a quiet room to a raised voice. */
export function segments(samples: ArrayLike<number>): number {
  let sum = 0
  for (let i = 0; i < samples.length; i += 1) sum += (samples[i] ?? 0) ** 2
  const rms = Math.sqrt(sum / Math.max(1, samples.length))
  if (rms <= 0) return 0
  const db = 20 * Math.log10(rms)
  return Math.min(SEGMENTS, Math.max(0, Math.round(((db - FLOOR_DB) / (TOP_DB - FLOOR_DB)) * SEGMENTS)))
}

/** Rises at once, falls a segment per step: a meter that the eye can follow. */
export function settle(shown: number, heard: number): number {
  return heard >= shown ? heard : shown - 1
}

/** Watches a track until the returned function is called. */
export function listen(
  context: AudioContext,
  track: MediaStreamTrack,
  tell: (level: number) => void,
): () => void {
  const source = context.createMediaStreamSource(new MediaStream([track]))
  const analyser = context.createAnalyser()
  analyser.fftSize = 1024
  source.connect(analyser)
  const samples = new Float32Array(analyser.fftSize)
  let shown = 0
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples)
    const next = settle(shown, track.enabled ? segments(samples) : 0)
    if (next === shown) return
    shown = next
    tell(shown)
  }, 66)
  return () => {
    clearInterval(timer)
    source.disconnect()
    tell(0)
  }
}

/** 'Hear yourself': three seconds of speech come back three seconds later, out of a delay line. Nothing is recorded. */
export function echo(
  context: AudioContext,
  track: MediaStreamTrack,
  phase: (phase: EchoPhase) => void,
): () => void {
  const source = context.createMediaStreamSource(new MediaStream([track]))
  const into = context.createGain()
  const delay = context.createDelay(ECHO_SECONDS)
  const out = context.createGain()
  delay.delayTime.value = ECHO_SECONDS
  const start = context.currentTime
  // First only in, then only out: a loudspeaker never feeds its own echo.
  into.gain.setValueAtTime(0, start + ECHO_SECONDS)
  out.gain.setValueAtTime(0, start)
  out.gain.setValueAtTime(1, start + ECHO_SECONDS)
  source.connect(into).connect(delay).connect(out).connect(context.destination)
  phase('speaking')
  const stop = (): void => {
    for (const timer of timers) clearTimeout(timer)
    source.disconnect()
    out.disconnect()
    phase('idle')
  }
  const timers = [
    setTimeout(() => phase('hearing'), ECHO_SECONDS * 1000),
    setTimeout(stop, ECHO_SECONDS * 2000),
  ]
  return stop
}

export type EchoPhase = 'idle' | 'speaking' | 'hearing'
const ECHO_SECONDS = 3
