// The roots of the board's document, by name (web/PROTOCOL.md, section 4): the list of pages, and one map of elements
// a page. Everything in them is plain JSON that the last writer wins.
import type * as Y from 'yjs'
import type { Awareness } from 'y-protocols/awareness'

export interface Shared {
  readonly doc: Y.Doc
  readonly awareness: Awareness
}

/** The page that is there without an entry. */
export const MAIN = 'main'
export const PAGES = 'pages'
const ELEMENTS = 'elements'

/** The root that holds a page's elements. */
export function rootOf(page: string): string {
  return page === MAIN ? ELEMENTS : `${ELEMENTS}:${page}`
}

/** The page whose elements a root holds; null for the list of pages. */
export function pageOf(root: string): string | null {
  if (root === ELEMENTS) return MAIN
  return root.startsWith(`${ELEMENTS}:`) ? root.slice(ELEMENTS.length + 1) : null
}

export function mapOf(doc: Y.Doc, root: string): Y.Map<unknown> {
  return doc.getMap(root)
}
