// The browser's own parts for a session: the only place here that touches `window`.
import { Stays } from '../signalling/resume'
import type { Clock, Wire } from '../signalling/socket'
import { DeviceMemory } from './devices'
import { LocalMedia } from './local-media'
import { Playout } from './playout'
import type { Parts } from './session'

export const browserClock: Clock = {
  now: () => Date.now(),
  after: (ms, then) => {
    const timer = setTimeout(then, ms)
    return () => clearTimeout(timer)
  },
  random: () => Math.random(),
}

/** The address of the signalling or board socket on our own server. */
export function socketUrl(path: string): string {
  return `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}${path}`
}

export function browserLocalMedia(): LocalMedia {
  // Older typings promise `mediaDevices` everywhere; without a secure context it is undefined.
  const devices = navigator.mediaDevices as MediaDevices | undefined
  return new LocalMedia(devices ?? null, new DeviceMemory(storage('localStorage')))
}

export function browserPlayout(): Playout {
  return new Playout(
    () => {
      const speaker = new Audio()
      speaker.autoplay = true
      return speaker
    },
    (track) => new MediaStream([track]),
    (ms, step) => {
      const timer = setInterval(step, ms)
      return () => clearInterval(timer)
    },
  )
}

export function browserStays(): Stays {
  return new Stays(storage('sessionStorage'))
}

export function browserParts(local: LocalMedia, playout: Playout): Parts {
  return {
    clock: browserClock,
    openWire: () => new WebSocket(socketUrl('/api/signal')) as unknown as Wire,
    createPeer: (config) => new RTCPeerConnection(config),
    local,
    playout,
    stays: browserStays(),
    streamOf: (track) => new MediaStream([track]),
  }
}

/** Calls `changed` when the network does; returns how to stop. */
export function onNetworkChange(changed: () => void): () => void {
  const connection = (navigator as { connection?: EventTarget }).connection
  window.addEventListener('online', changed)
  connection?.addEventListener('change', changed)
  return () => {
    window.removeEventListener('online', changed)
    connection?.removeEventListener('change', changed)
  }
}

/** Calls `changed` with whether anybody can see the page; at once, too. Returns how to stop. */
export function onPageSeen(changed: (seen: boolean) => void): () => void {
  const tell = (): void => changed(document.visibilityState === 'visible')
  document.addEventListener('visibilitychange', tell)
  tell()
  return () => document.removeEventListener('visibilitychange', tell)
}

/** Storage may be forbidden: then nothing is remembered. */
export function storage(which: 'localStorage' | 'sessionStorage'): Storage | null {
  try {
    return window[which]
  } catch {
    return null
  }
}
