// What one person has open of the board: the document, the page they look at, their history. Ties connection, ledger,
// binding and presence together; no React, no Excalidraw.
import { Store } from '../call/store'
import { Binding, type Scene, type SceneChange, type Timing } from './binding'
import type { BoardConnection } from './connection'
import { MAIN, mapOf, PAGES, pageOf, rootOf, type Shared } from './document'
import type { PeerView, PointerTool } from './elements'
import { Ledger, type Change, type Cut, type LongStep } from './ledger'
import { neighbour, pagesOf, type Page } from './pages'
import { Presence, type Others } from './presence'

/** What shows the board. */
export interface Easel {
  readonly scene: Scene
  readonly others: Others
}

export class Desk {
  readonly ledger: Ledger
  readonly page = new Store(MAIN)
  readonly pages: Store<readonly Page[]>
  private shared: Shared
  private easel: Easel | null = null
  private binding: Binding | null = null
  private presence: Presence | null = null
  private mayDraw = true
  private presenter: string | null = null
  private view: PeerView | null = null
  private readonly forget: (() => void)[] = []

  constructor(
    private readonly connection: BoardConnection,
    private readonly timing: Timing,
  ) {
    this.shared = connection.state.get().shared
    this.ledger = new Ledger(this.shared.doc)
    this.pages = new Store(this.readPages())
    connection.fate = {
      saved: (clock) => {
        this.ledger.saved(clock)
      },
      refused: () => {
        this.ledger.forget()
      },
      clean: () => {
        this.binding?.flush()
        return !this.ledger.unsaved.get()
      },
    }
    this.watch()
    this.forget.push(connection.state.subscribe(() => this.replaced()))
  }

  /** Shows the board on this easel from now on. */
  attach(easel: Easel): void {
    this.easel = easel
    this.bind()
  }

  detach(): void {
    this.unbind()
    this.easel = null
  }

  close(): void {
    this.detach()
    this.connection.fate = null
    mapOf(this.shared.doc, PAGES).unobserve(this.pagesChanged)
    for (const forget of this.forget) forget()
  }

  allow(mayDraw: boolean): void {
    this.mayDraw = mayDraw
    this.binding?.allow(mayDraw)
  }

  get drawable(): boolean {
    return this.mayDraw
  }

  changed(change: SceneChange): void {
    if (!this.binding) return
    this.binding.changed(change)
    this.presence?.drawn(this.mayDraw ? change.stroke : null)
  }

  pointed(pointer: { x: number; y: number }, button: 'up' | 'down', tool: PointerTool): void {
    this.presence?.pointed(pointer, button, tool)
  }

  lead(view: PeerView | null): void {
    this.view = view
    this.presence?.lead(view)
  }

  follow(presenter: string | null): void {
    this.presenter = presenter
    this.presence?.follow(presenter)
  }

  /** Looks at another page. */
  go(page: string): void {
    if (page === this.page.get() || !this.pages.get().some(({ id }) => id === page)) return
    this.look(page)
  }

  /** Writes one step of this person's history. */
  step(changes: readonly Change[]): void {
    if (!this.mayDraw) return
    this.binding?.flush()
    this.ledger.step(changes)
  }

  /** Begins a step that goes on while this person draws. Without the right to draw it neither grows nor goes. */
  begin(cut: (why: Cut) => void): LongStep {
    const step = this.ledger.begin(cut)
    return {
      write: (changes) => this.mayDraw && step.write(changes),
      end: () => step.end(),
      takeBack: (also) => {
        if (!this.mayDraw) return step.end()
        this.binding?.flush()
        step.takeBack(also)
      },
    }
  }

  undo(): void {
    this.binding?.flush()
    if (this.mayDraw) this.travelled(this.ledger.undo())
  }

  redo(): void {
    this.binding?.flush()
    if (this.mayDraw) this.travelled(this.ledger.redo())
  }

  /** The elements of a page, as the document has them. */
  elementsOf(page: string): readonly (readonly [string, unknown])[] {
    return [...mapOf(this.shared.doc, rootOf(page)).entries()]
  }

  /** Whether anything is drawn on a page. */
  isDrawnOn(page: string): boolean {
    return mapOf(this.shared.doc, rootOf(page)).size > 0
  }

  get doc(): Shared['doc'] {
    return this.shared.doc
  }

  /** Whatever was taken back or done again is to be seen. */
  private travelled(roots: ReadonlySet<string>): void {
    const touched = [...roots].flatMap((root) => pageOf(root) ?? [])
    if (touched.length > 0 && !touched.includes(this.page.get())) this.go(touched[0] ?? MAIN)
  }

  private look(page: string): void {
    this.unbind()
    this.page.set(page)
    this.bind()
  }

  private bind(): void {
    this.unbind()
    const { easel, shared } = this
    if (!easel) return
    const page = this.page.get()
    const binding = new Binding(shared, page, easel.scene, this.ledger, this.timing)
    binding.allow(this.mayDraw)
    const onPage = (id: string): boolean => binding.has(id)
    const presence = new Presence(shared.awareness, page, easel.others, this.timing, onPage, this.view)
    binding.onArrived = (ids) => presence.committed(ids)
    presence.follow(this.presenter)
    this.binding = binding
    this.presence = presence
  }

  private unbind(): void {
    this.binding?.close()
    this.presence?.close()
    this.binding = null
    this.presence = null
  }

  private replaced(): void {
    const { shared } = this.connection.state.get()
    if (shared === this.shared) return
    mapOf(this.shared.doc, PAGES).unobserve(this.pagesChanged)
    this.unbind()
    this.shared = shared
    this.ledger.adopt(shared.doc)
    this.watch()
    this.pagesChanged()
    this.bind()
  }

  private watch(): void {
    mapOf(this.shared.doc, PAGES).observe(this.pagesChanged)
  }

  private readonly pagesChanged = (): void => {
    const before = this.pages.get()
    const pages = this.readPages()
    this.pages.set(pages)
    const page = this.page.get()
    if (!pages.some(({ id }) => id === page)) this.look(neighbour(pages, before, page))
  }

  private readPages(): readonly Page[] {
    return pagesOf(mapOf(this.shared.doc, PAGES).entries())
  }
}
