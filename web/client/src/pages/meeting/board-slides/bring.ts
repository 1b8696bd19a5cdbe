// A PDF becomes pages: read here first, to its last page, so that a broken one is told before it travels; then its parts
// are uploaded, and their pages are seen one part after the other. All of them are one step, and when one does not come,
// none stay.
import type { Desk } from '../../../board/desk'
import type { FreshPage, Slide } from '../../../board/pages'
import { SLIDES_COUNT_MAX, SLIDES_MAX, UploadError, type Uploads } from '../../../board/uploads'
import { goOn, JobError, type Jobs } from '../board/jobs'
import { newPageId } from '../board/page-edits'
import { carry } from './carry'
import { partsOf } from './parts'
import { cutOut, readPdf, type PDFDocumentProxy } from './pdf'
import type { SlideStore } from './slide-store'

/** The longer side of a slide on the board: text and strokes of the usual size suit it. */
const SIDE = 1280
/** Pages that are read at once: the next ones only if nobody has cancelled. */
const BATCH = 20
/** The part of a hundred that reading takes; the rest is the way to the server. */
const READING = 10

export function bringSlides(
  file: File,
  desk: Desk,
  uploads: Uploads,
  slides: SlideStore,
  jobs: Jobs,
): Promise<boolean> {
  return jobs.run('slides', async (progress, signal) => {
    if (file.size > SLIDES_MAX) throw new JobError('slides_too_large')
    const document = await readPdf(await file.arrayBuffer())
    // Each part is opened by itself; those that are on the board are the store's.
    const open = new Set([document])
    try {
      const sizes = await sizesOf(document, signal, (part) => progress(Math.round(part * READING)))
      const blob = file.type === 'application/pdf' ? file : new Blob([file], { type: 'application/pdf' })
      const load = {
        parts: partsOf({ blob, document }, sizes.length, async (from, to) => {
          const part = await cutOut(document, from, to)
          if (part) open.add(part.document)
          return part
        }),
        count: sizes.length,
        pagesOf: named(file.name, sizes),
        seed: (id: string, part: PDFDocumentProxy) => {
          open.delete(part)
          slides.seed(id, part)
        },
      }
      const sent = (part: number): void => progress(READING + Math.round(part * (100 - READING)))
      await carry(load, desk, uploads, sent, signal).catch(asSlides)
    } finally {
      for (const left of open) void left.loadingTask.destroy()
    }
  })
}

type Size = Pick<Slide, 'width' | 'height'>

async function sizesOf(
  document: PDFDocumentProxy,
  signal: AbortSignal,
  progress: (part: number) => void,
): Promise<readonly Size[]> {
  const { numPages } = document
  if (numPages > SLIDES_COUNT_MAX) throw new JobError('too_many_pages')
  const sizes: Size[] = []
  while (sizes.length < numPages) {
    goOn(signal)
    const numbers = Array.from(
      { length: Math.min(BATCH, numPages - sizes.length) },
      (_, index) => sizes.length + index + 1,
    )
    // oxlint-disable-next-line eslint/no-await-in-loop -- one batch after the other
    const batch = await Promise.all(numbers.map((number) => sizeOf(document, number)))
    sizes.push(...batch)
    progress(sizes.length / numPages)
  }
  return sizes
}

async function sizeOf(document: PDFDocumentProxy, number: number): Promise<Size> {
  const page = await document.getPage(number).catch(() => {
    throw new JobError('broken')
  })
  const { width, height } = page.getViewport({ scale: 1 })
  const scale = SIDE / Math.max(width, height)
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) }
}

/** The pages that a part becomes, called by the file and their number. */
function named(
  fileName: string,
  sizes: readonly Size[],
): (file: string, part: { at: number; count: number; first: number }) => FreshPage[] {
  const title = fileName.replace(/\.pdf$/i, '').slice(0, 50)
  return (file, { at, count, first }) =>
    sizes.slice(at, at + count).map((size, index) => ({
      id: newPageId(),
      name: sizes.length === 1 ? title : `${title} ${at + index + 1}`,
      slide: { file, number: first + index, ...size },
    }))
}

/** The server speaks of files; whoever brings slides hears of slides. */
function asSlides(error: unknown): never {
  const fault = error instanceof UploadError ? error.fault : null
  if (fault === 'too_large') throw new JobError('slides_refused')
  if (fault === 'type_unknown') throw new JobError('broken')
  throw error
}
