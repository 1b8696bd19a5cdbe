// What the server was told is switched on, and which picture it means when it refuses one (`server_full` names none).
// Pure.
import type { MediaState } from '../signalling/protocol'

const NOTHING: MediaState = { microphone: false, camera: false, screen: false }

export class ToldMedia {
  private told: MediaState | null = null
  private asked: readonly Picture[] = []

  /** A fresh socket: everything has to be said again. */
  forget(): void {
    this.told = null
  }

  isNews(media: MediaState): boolean {
    const { told } = this
    return (
      told === null || (Object.keys(media) as (keyof MediaState)[]).some((kind) => media[kind] !== told[kind])
    )
  }

  /** The server has been told. */
  tell(media: MediaState): void {
    const before = this.told ?? NOTHING
    const fresh = PICTURES.filter((kind) => media[kind] && !before[kind])
    // Muting while the answer is on its way changes nothing about what was asked.
    this.asked = (fresh.length > 0 ? fresh : this.asked).filter((kind) => media[kind])
    this.told = media
  }

  /** What was switched on last, and so cannot be sent when the server is full. */
  refused(): readonly Picture[] {
    return this.asked
  }
}

type Picture = 'camera' | 'screen'
const PICTURES = ['camera', 'screen'] as const satisfies readonly Picture[]
