// Whoever comes to a page for the first time sees all of it: once the document is there, the scene has it, and the board has
// a size (on a phone it is hidden at first). An empty page is seen as it is, and nobody's view jumps later on. Pure.

export interface Sight {
  /** The board takes up room on the screen. */
  readonly sized: boolean
  /** The document has something for this page. */
  readonly there: boolean
  /** The scene has it, too. */
  readonly shown: boolean
}

export class FirstLook {
  private owed = false
  private ready = false

  constructor(
    private readonly sight: () => Sight,
    private readonly show: () => void,
  ) {}

  /** A page is shown for the first time. */
  owe(): void {
    this.owed = true
    this.settle()
  }

  /** Everything that the server had has arrived. */
  open(): void {
    this.ready = true
    this.settle()
  }

  /** Something changed. */
  settle(): void {
    if (!this.owed || !this.ready) return
    const { sized, there, shown } = this.sight()
    if (!sized || (there && !shown)) return
    this.owed = false
    if (there) this.show()
  }
}
