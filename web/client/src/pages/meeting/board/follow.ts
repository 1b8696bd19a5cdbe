// "Follow me": whoever presents shows where they look, and the others look there until they look around themselves.
import type { ExcalidrawImperativeAPI } from '@excalidraw/excalidraw/types'
import { Store } from '../../../call/store'
import type { Desk } from '../../../board/desk'
import type { PeerView } from '../../../board/elements'
import { lookAt, viewFrom, type Place } from './viewport'

export interface FollowState {
  /** This person leads. */
  readonly leading: boolean
  /** The presenter leads. */
  readonly offered: boolean
  /** This person follows. */
  readonly following: boolean
}

export class Follow {
  readonly state = new Store<FollowState>({ leading: false, offered: false, following: false })
  private last: PeerView | null = null
  /** The place that we went to ourselves: any other is the person's own. */
  private placed: Place | null = null

  constructor(
    private readonly desk: Desk,
    private readonly api: ExcalidrawImperativeAPI,
  ) {}

  lead(on: boolean): void {
    this.state.patch({ leading: on, following: false })
    this.tell()
  }

  follow(): void {
    this.state.patch({ following: true })
    this.go()
  }

  stop(): void {
    this.state.patch({ following: false })
  }

  /** What the presenter shows; null when they do not lead. */
  shown(view: PeerView | null): void {
    const fresh = view !== null && this.last === null
    this.last = view
    if (view === null) this.state.patch({ offered: false, following: false })
    // Whoever just came, or has just been asked to follow, does.
    else if (fresh) this.state.patch({ offered: true, following: !this.state.get().leading })
    if (this.state.get().following) this.go()
  }

  /** The viewport moved. Somebody who moves it by hand looks around themselves. */
  moved(): void {
    this.tell()
    if (!this.state.get().following || !this.placed) return
    const { scrollX, scrollY, zoom } = this.api.getAppState()
    const { placed } = this
    const far = Math.abs(scrollX - placed.scrollX) + Math.abs(scrollY - placed.scrollY)
    if (far > 0.5 || Math.abs(zoom.value - placed.zoom.value) > 0.001) this.stop()
  }

  /** The page that is looked at changed, or the board's size. */
  tell(): void {
    if (!this.state.get().leading) return this.desk.lead(null)
    this.desk.lead(viewFrom(this.desk.page.get(), this.api.getAppState()))
  }

  /** The page was changed by hand. */
  turned(page: string): void {
    this.tell()
    if (this.last && page !== this.last.page) this.stop()
  }

  private go(): void {
    const { last } = this
    if (!last) return
    this.desk.go(last.page)
    this.placed = lookAt(this.api, last)
  }
}
