// How slides travel: a large PDF in several pieces with some of its pages each, so that the first are seen while the last
// are still on their way. Pure, but for the cutting itself, which is handed in.
// Invariants: every page is in exactly one part, in order; whatever cannot be cut travels whole.

/** Some of the pages, as a file of their own or as the whole one. */
export interface Part<Document> {
  readonly blob: Blob
  /** The same, opened already. */
  readonly document: Document
  /** Its first page among all, from 0. */
  readonly at: number
  readonly count: number
  /** The number of its first page within the file, from 1. */
  readonly first: number
}

/** Pages `from` to `to` (from 1, both included) as a file of their own; null where that does not go. */
export type Cutter<Document> = (
  from: number,
  to: number,
) => Promise<{ readonly blob: Blob; readonly document: Document } | null>

/** Bytes: what is smaller is there in a moment, and a browser opens each part by itself. */
const PART_LEAST = 512_000
const PARTS_MAX = 8
/** Fonts and pictures that many pages share are in each part again: at most this part of the whole is sent twice. */
const TWICE_MAX = 0.25

export async function* partsOf<Document>(
  whole: { readonly blob: Blob; readonly document: Document },
  count: number,
  cut: Cutter<Document>,
): AsyncGenerator<Part<Document>> {
  const { size } = whole.blob
  const rest = (at: number): Part<Document> => ({ ...whole, at, count: count - at, first: at + 1 })
  // The first slide goes ahead, and tells what a page takes along that others need as well.
  const ahead = count < 2 || size < 2 * PART_LEAST ? null : await cut(1, 1)
  const parts = ahead ? partsFor(size, ahead.blob.size - size / count) : 0
  if (!ahead || parts < 2) return yield rest(0)
  yield { ...ahead, at: 0, count: 1, first: 1 }
  const each = Math.ceil((count - 1) / parts)
  for (let at = 1; at < count; at += each) {
    const pages = Math.min(each, count - at)
    // oxlint-disable-next-line eslint/no-await-in-loop -- cut when it is sent: each is large
    const part = await cut(at + 1, at + pages)
    if (!part || part.blob.size > size) return yield rest(at)
    yield { ...part, at, count: pages, first: 1 }
  }
}

/** How many parts a file of this size is worth; `twice` is how many bytes each of them repeats. */
function partsFor(size: number, twice: number): number {
  const affordable = twice > 0 ? Math.floor((size * TWICE_MAX) / twice) : PARTS_MAX
  return Math.min(PARTS_MAX, Math.ceil(size / PART_LEAST), affordable)
}
