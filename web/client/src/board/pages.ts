// The pages of a board: what the document says of them, in order, and what changing them writes. Pure.
// Invariants: there is always a page; `main` is one without an entry; nothing that others wrote is trusted.
import { MAIN, PAGES } from './document'
import type { Change } from './ledger'
import { between } from './order'

export const PAPERS = ['blank', 'lined', 'squared', 'dotted'] as const
export type Paper = (typeof PAPERS)[number]

/** The picture that lies beneath a page: one page of an uploaded PDF. */
export interface Slide {
  readonly file: string
  /** From 1. */
  readonly number: number
  /** In the board's units. */
  readonly width: number
  readonly height: number
}

export interface Page {
  readonly id: string
  /** Empty: it is called by its number. */
  readonly name: string
  readonly order: string
  readonly paper: Paper
  readonly slide: Slide | null
}

/** As long as the server takes. */
export const NAME_MAX = 64
const ID = /^[A-Za-z0-9_-]{1,32}$/
const FILE = /^[A-Za-z0-9_-]{1,64}$/
/** Where `main` stands without an entry. */
const FIRST = 'V'

/** The pages as the document has them, in order. */
export function pagesOf(entries: Iterable<readonly [string, unknown]>): readonly Page[] {
  const pages: Page[] = []
  let main: Page | null = { id: MAIN, name: '', order: FIRST, paper: 'dotted', slide: null }
  for (const [id, value] of entries) {
    if (!ID.test(id) || !isRecord(value)) continue
    if (id === MAIN && value['deleted'] === true) main = null
    else if (id === MAIN) main = pageFrom(id, value)
    else pages.push(pageFrom(id, value))
  }
  if (main) pages.push(main)
  // The same place twice: the ids decide, so that everybody sees the same order.
  pages.sort((a, b) => compare(a.order, b.order) || compare(a.id, b.id))
  return pages.length > 0 ? pages : [{ id: MAIN, name: '', order: FIRST, paper: 'dotted', slide: null }]
}

/** A page that is not there yet. */
export interface FreshPage {
  readonly id: string
  readonly name?: string
  readonly paper?: Paper
  readonly slide?: Slide
}

/** Adds pages after `after` (at the end without one). */
export function added(pages: readonly Page[], after: string | null, fresh: readonly FreshPage[]): Change[] {
  const at = after === null ? pages.length : pages.findIndex((page) => page.id === after) + 1
  return placed(pages[at - 1]?.order ?? null, pages[at]?.order ?? null, fresh).map(entry)
}

/** Adds pages right behind a place, whoever stands there now; the place of the last one. */
export function addedBehind(
  pages: readonly Page[],
  place: string,
  fresh: readonly FreshPage[],
): { readonly changes: Change[]; readonly place: string } {
  const end = pages.find(({ order }) => order > place)?.order ?? null
  const made = placed(place, end, fresh)
  return { changes: made.map(entry), place: made.at(-1)?.order ?? place }
}

function placed(from: string | null, end: string | null, fresh: readonly FreshPage[]): Page[] {
  let order = from
  return fresh.map(({ id, name = '', paper = 'dotted', slide }) => {
    order = between(order, end)
    return { id, name: name.slice(0, NAME_MAX), order, paper, slide: slide ?? null }
  })
}

export function renamed(page: Page, name: string): Change[] {
  return [entry({ ...page, name: name.trim().slice(0, NAME_MAX) })]
}

export function papered(page: Page, paper: Paper): Change[] {
  return [entry({ ...page, paper })]
}

/** Moves a page to the place `to` (from 0) of the list as it is afterwards. */
export function moved(pages: readonly Page[], id: string, to: number): Change[] {
  const page = pages.find((one) => one.id === id)
  const others = pages.filter((one) => one.id !== id)
  if (!page || pages[to]?.id === id) return []
  return [entry({ ...page, order: between(others[to - 1]?.order ?? null, others[to]?.order ?? null) })]
}

/** Takes a page away, together with the elements that it has (`root`, `ids`). Nothing when it is the last one. */
export function removed(pages: readonly Page[], id: string, root: string, ids: Iterable<string>): Change[] {
  if (pages.length < 2 || !pages.some((page) => page.id === id)) return []
  const own: Change =
    id === MAIN
      ? { root: PAGES, key: id, value: { ...stored(pageNamed(pages, id)), deleted: true } }
      : { root: PAGES, key: id, value: undefined }
  return [...[...ids].map((key) => ({ root, key, value: undefined })), own]
}

/** The page to look at when `gone` is not there any more. */
export function neighbour(pages: readonly Page[], before: readonly Page[], gone: string): string {
  const at = before.findIndex((page) => page.id === gone)
  const left = before.slice(0, Math.max(0, at)).findLast((page) => pages.some((one) => one.id === page.id))
  return left?.id ?? pages[0]?.id ?? MAIN
}

function pageNamed(pages: readonly Page[], id: string): Page {
  return pages.find((page) => page.id === id) ?? pageFrom(id, {})
}

function pageFrom(id: string, value: Record<string, unknown>): Page {
  const { name, order, paper, slide } = value
  return {
    id,
    name: typeof name === 'string' ? name.slice(0, NAME_MAX) : '',
    order: typeof order === 'string' && order !== '' ? order : FIRST,
    paper: PAPERS.find((one) => one === paper) ?? 'dotted',
    slide: slideFrom(slide),
  }
}

function slideFrom(value: unknown): Slide | null {
  if (!isRecord(value)) return null
  const { file, number, width, height } = value
  if (typeof file !== 'string' || !FILE.test(file) || !isSize(number) || !isSize(width) || !isSize(height))
    return null
  return { file, number, width, height }
}

function entry(page: Page): Change {
  return { root: PAGES, key: page.id, value: stored(page) }
}

function stored({ slide, ...page }: Page): Record<string, unknown> {
  return slide ? { ...page, slide: { ...slide } } : page
}

function isSize(value: unknown): value is number {
  return typeof value === 'number' && value > 0 && value <= 100_000
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
