// What the page strip does, as steps of this person's history. New ids come from here: the model takes them as given.
import type { Desk } from '../../../board/desk'
import type { Element } from '../../../board/elements'
import { fitting } from '../../../board/fitting'
import { rootOf } from '../../../board/document'
import type { Change } from '../../../board/ledger'
import { added, moved, papered, removed, renamed, type Page, type Paper } from '../../../board/pages'

interface Names {
  readonly page: (n: string) => string
  readonly copyOf: (name: string) => string
}

/** What a page is called: its name, or its number. */
export function nameOf(page: Page, pages: readonly Page[], t: Pick<Names, 'page'>): string {
  return page.name || t.page(String(pages.findIndex(({ id }) => id === page.id) + 1))
}

export function newPageId(): string {
  return crypto.randomUUID().replaceAll('-', '')
}

export class PageEdits {
  constructor(
    private readonly desk: Desk,
    private readonly names: Names,
  ) {}

  /** Adds a page after the present one and looks at it; `elements` are on it from the beginning. */
  add(fresh: { name?: string; paper?: Paper; elements?: readonly Element[] } = {}): string {
    const id = newPageId()
    const { name = '', paper = 'dotted', elements = [] } = fresh
    this.desk.step([
      ...added(this.desk.pages.get(), this.desk.page.get(), [{ id, name, paper }]),
      ...elements
        .flatMap((element) => fitting(element) ?? [])
        .map((element) => ({ root: rootOf(id), key: element.id, value: element })),
    ])
    this.desk.go(id)
    return id
  }

  rename(page: Page, name: string): void {
    this.desk.step(renamed(page, name))
  }

  move(page: Page, to: number): void {
    this.desk.step(moved(this.desk.pages.get(), page.id, to))
  }

  paper(page: Page, paper: Paper): void {
    this.desk.step(papered(page, paper))
  }

  duplicate(page: Page): void {
    const id = newPageId()
    const name = this.names.copyOf(nameOf(page, this.desk.pages.get(), this.names))
    const { paper, slide } = page
    const copies: Change[] = this.desk
      .elementsOf(page.id)
      .map(([key, value]) => ({ root: rootOf(id), key, value: structuredClone(value) }))
    this.desk.step([
      ...copies,
      ...added(this.desk.pages.get(), page.id, [{ id, name, paper, ...(slide && { slide }) }]),
    ])
    this.desk.go(id)
  }

  remove(page: Page): void {
    const ids = this.desk.elementsOf(page.id).map(([key]) => key)
    this.desk.step(removed(this.desk.pages.get(), page.id, rootOf(page.id), ids))
  }

  /** Everything on the present page goes, in one step. Tells whether there was anything. */
  clear(): boolean {
    const page = this.desk.page.get()
    const elements = this.desk.elementsOf(page)
    this.desk.step(elements.map(([key]) => ({ root: rootOf(page), key, value: undefined })))
    return elements.length > 0
  }
}
