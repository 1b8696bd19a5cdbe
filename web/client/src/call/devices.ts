// Which devices there are, which one somebody chose last time, and what went wrong in words of ours. Mostly pure.
// Device ids are random per site; browsers change them when site data is cleared, hence the label as second key.

export type DeviceKind = 'microphone' | 'camera' | 'speaker'

/** Why there is no microphone or camera. */
export type Trouble = 'denied' | 'dismissed' | 'missing' | 'busy' | 'insecure' | 'failed'

export interface Device {
  readonly id: string
  readonly label: string
}

export type Devices = Readonly<Record<DeviceKind, readonly Device[]>>

export const noDevices: Devices = { microphone: [], camera: [], speaker: [] }

/** From the browser's errors, which differ in name and message, to one word. */
export function troubleOf(error: unknown): Trouble {
  const { name = '', message = '' } = error instanceof Error || isNamed(error) ? error : {}
  switch (name) {
    case 'NotAllowedError':
    case 'SecurityError':
      // Chromium: closing the question is not yet a refusal, and asking again may work.
      return /dismissed/i.test(message) ? 'dismissed' : 'denied'
    case 'NotFoundError':
    case 'OverconstrainedError':
      return 'missing'
    case 'NotReadableError':
    case 'AbortError':
    case 'TrackStartError':
      return 'busy'
    default:
      return 'failed'
  }
}

/** Sorts what the browser lists. Before permission the labels are empty: such a list is as none. */
export function sorted(infos: readonly MediaDeviceInfo[]): Devices {
  const of = (kind: MediaDeviceKind): Device[] =>
    infos
      .filter((info) => info.kind === kind && info.deviceId !== '' && info.deviceId !== 'communications')
      .map((info) => ({ id: info.deviceId, label: info.label }))
  return { microphone: of('audioinput'), camera: of('videoinput'), speaker: of('audiooutput') }
}

/** Finds the remembered device again: by id, else by label. */
export function recall(devices: readonly Device[], remembered: Device | null): string | null {
  if (!remembered) return null
  const found =
    devices.find((device) => device.id === remembered.id) ??
    devices.find((device) => device.label !== '' && device.label === remembered.label)
  return found?.id ?? null
}

/** Remembers choices on this machine only. */
export class DeviceMemory {
  constructor(private readonly box: Pick<Storage, 'getItem' | 'setItem'> | null) {}

  get(kind: DeviceKind): Device | null {
    try {
      const value: unknown = JSON.parse(this.box?.getItem(key(kind)) ?? 'null')
      if (typeof value !== 'object' || value === null) return null
      const { id, label } = value as Record<string, unknown>
      return typeof id === 'string' && typeof label === 'string' ? { id, label } : null
    } catch {
      return null
    }
  }

  set(kind: DeviceKind, device: Device): void {
    this.keep(key(kind), JSON.stringify(device))
  }

  /** Whether the microphone is to hear music. */
  get music(): boolean {
    try {
      return this.box?.getItem(MUSIC) === 'on'
    } catch {
      return false
    }
  }

  set music(on: boolean) {
    this.keep(MUSIC, on ? 'on' : 'off')
  }

  private keep(name: string, value: string): void {
    try {
      this.box?.setItem(name, value)
    } catch {
      // Without storage the choice lasts as long as the page.
    }
  }
}

/** Which browser's words to use when explaining where to click. */
export type BrowserFamily = 'chromium' | 'firefox' | 'safari' | 'ios'

export function browserFamily(agent: string, touchPoints: number): BrowserFamily {
  if (/iPhone|iPad/.test(agent) || (/Macintosh/.test(agent) && touchPoints > 1)) return 'ios'
  if (/Firefox\//.test(agent)) return 'firefox'
  if (/Chrome\/|Chromium\//.test(agent)) return 'chromium'
  return /Safari\//.test(agent) ? 'safari' : 'chromium'
}

const MUSIC = 'kegelbahn.music'

function key(kind: DeviceKind): string {
  return `kegelbahn.${kind}`
}

function isNamed(error: unknown): error is { name: string; message: string } {
  return typeof error === 'object' && error !== null && 'name' in error && 'message' in error
}
