// Tells the server what is shown: the newest view only, when it differs from what was told, five times a second at
// most. Knows no page: whoever draws calls `show`, and `visible` when the whole page is hidden or comes back.
import type { ShownTile } from '../signalling/protocol'
import type { Clock } from '../signalling/socket'
import { sameView } from './view'

export const VIEW_EVERY_MS = 200

export class ViewReport {
  private wanted: readonly ShownTile[] | null = null
  private told: readonly ShownTile[] | null = null
  private open = false
  private seen = true
  private lastAt = Number.NEGATIVE_INFINITY
  private cancel: (() => void) | null = null

  constructor(
    private readonly clock: Clock,
    /** Returns false when it could not be sent. */
    private readonly say: (show: ShownTile[]) => boolean,
  ) {}

  /** What the page shows now. */
  show(tiles: readonly ShownTile[]): void {
    this.wanted = tiles
    this.plan()
  }

  /** Whether anybody can see the page: another tab in front hides everything. */
  visible(seen: boolean): void {
    this.seen = seen
    this.plan()
  }

  /** One is inside, on a fresh socket perhaps: the server may have forgotten. */
  welcome(): void {
    this.open = true
    this.told = null
    this.plan()
  }

  /** Nothing may be told until the next `welcome`. */
  close(): void {
    this.open = false
    this.cancel?.()
    this.cancel = null
  }

  private plan(): void {
    if (this.cancel || !this.due()) return
    const wait = this.lastAt + VIEW_EVERY_MS - this.clock.now()
    if (wait <= 0) return this.tell()
    this.cancel = this.clock.after(wait, () => {
      this.cancel = null
      if (this.due()) this.tell()
    })
  }

  private now(): readonly ShownTile[] | null {
    return this.seen ? this.wanted : []
  }

  private due(): boolean {
    const now = this.now()
    return this.open && now !== null && !(this.told && sameView(this.told, now))
  }

  private tell(): void {
    const now = this.now() ?? []
    this.lastAt = this.clock.now()
    if (this.say([...now])) this.told = now
  }
}
