// The resume token of each door, in this tab only: it survives a reload and dies with the tab.

/** What a tab remembers of its stay behind a door. */
export interface Stay {
  readonly token: string
  readonly name: string
  /** When one came in, in milliseconds since 1970; null while waiting. */
  readonly insideSince: number | null
  /** What was switched on, so that a reload switches it on again and nothing else. */
  readonly microphone: boolean
  readonly camera: boolean
}

type Box = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>

export class Stays {
  constructor(private readonly box: Box | null) {}

  get(door: string): Stay | null {
    try {
      const value: unknown = JSON.parse(this.box?.getItem(key(door)) ?? 'null')
      return isStay(value) ? value : null
    } catch {
      return null
    }
  }

  set(door: string, stay: Stay): void {
    try {
      this.box?.setItem(key(door), JSON.stringify(stay))
    } catch {
      // Storage may be full or forbidden: a reload then knocks again.
    }
  }

  forget(door: string): void {
    try {
      this.box?.removeItem(key(door))
    } catch {
      // Nothing was kept then.
    }
  }
}

function key(door: string): string {
  return `kegelbahn.stay.${door}`
}

function isStay(value: unknown): value is Stay {
  if (typeof value !== 'object' || value === null) return false
  const { token, name, insideSince, microphone, camera } = value as Record<string, unknown>
  return (
    typeof token === 'string' &&
    typeof name === 'string' &&
    (insideSince === null || typeof insideSince === 'number') &&
    typeof microphone === 'boolean' &&
    typeof camera === 'boolean'
  )
}
