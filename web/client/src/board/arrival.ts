// Slides that come one after the other: their pages stand behind each other in one place, are one step to undo, and go
// again when the rest does not come. Pure, but for the board that it writes on.
// Invariants: each page is written once, after its file is on the server, and afterwards belongs to everybody like any
// other: where others move it, rename it or draw on it does not change where the next ones go.
import type { Change, Cut, LongStep } from './ledger'
import { rootOf } from './document'
import { addedBehind, type FreshPage, type Page } from './pages'

/** What of a desk is needed. */
export interface ArrivalBoard {
  readonly pages: { get(): readonly Page[] }
  begin(cut: (why: Cut) => void): LongStep
  elementsOf(page: string): readonly (readonly [string, unknown])[]
}

export class Arrival {
  private readonly step: LongStep
  private readonly ids: string[] = []
  private place: string
  private over = false

  /** Pages go behind the page `after`. `cut` hears that no more may come. */
  constructor(
    private readonly board: ArrivalBoard,
    after: string,
    cut: (why: Cut) => void,
  ) {
    const pages = board.pages.get()
    this.place = (pages.find(({ id }) => id === after) ?? pages.at(-1))?.order ?? ''
    this.step = board.begin(cut)
  }

  get begun(): boolean {
    return this.ids.length > 0
  }

  /** The next pages, for everybody to see. False when no more may come: nothing was written. */
  add(fresh: readonly FreshPage[]): boolean {
    if (this.over) return false
    const { changes, place } = addedBehind(this.board.pages.get(), this.place, fresh)
    if (!this.step.write(changes)) return false
    this.place = place
    this.ids.push(...fresh.map(({ id }) => id))
    return true
  }

  /** All are there. */
  end(): void {
    this.over = true
    this.step.end()
  }

  /** The rest does not come: what came goes, with what was drawn on it meanwhile, since nobody could reach that again. */
  takeBack(): void {
    if (this.over) return
    this.over = true
    this.step.takeBack(() => this.ids.flatMap((id) => this.drawnOn(id)))
  }

  private drawnOn(page: string): Change[] {
    return this.board.elementsOf(page).map(([key]) => ({ root: rootOf(page), key, value: undefined }))
  }
}
