// A PDF becomes pages: read here first, so that a broken one is told before it travels, then uploaded whole, then one
// page of the board for each of its own.
import type { Desk } from '../../../board/desk'
import { added, type Slide } from '../../../board/pages'
import { SLIDES_COUNT_MAX, SLIDES_MAX, type Uploads } from '../../../board/uploads'
import { JobError, type Jobs } from '../board/jobs'
import { newPageId } from '../board/page-edits'
import { readPdf, type PDFDocumentProxy } from './pdf'
import type { SlideStore } from './slide-store'

/** The longer side of a slide on the board: text and strokes of the usual size suit it. */
const SIDE = 1280
/** Others see the first pages while the last are still being read. */
const BATCH = 20

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
    if (document.numPages > SLIDES_COUNT_MAX) throw new JobError('too_many_pages')
    const blob = file.type === 'application/pdf' ? file : new Blob([file], { type: 'application/pdf' })
    // The last tenth is for reading the pages.
    const id = await uploads.send(blob, (percent) => progress(Math.round(percent * 0.9)), signal)
    slides.seed(id, document)
    await addPages(file.name, id, document, desk, (part) => progress(Math.round(90 + part * 10)))
  })
}

async function addPages(
  fileName: string,
  file: string,
  document: PDFDocumentProxy,
  desk: Desk,
  progress: (part: number) => void,
): Promise<void> {
  const title = fileName.replace(/\.pdf$/i, '').slice(0, 50)
  const count = document.numPages
  let after = desk.page.get()
  let first: string | null = null
  desk.ledger.seal()
  for (let from = 1; from <= count; from += BATCH) {
    const numbers = Array.from({ length: Math.min(BATCH, count - from + 1) }, (_, index) => from + index)
    // oxlint-disable-next-line eslint/no-await-in-loop -- in their order, and others see them as they come
    const fresh = await Promise.all(
      numbers.map(async (number) => ({
        id: newPageId(),
        name: count === 1 ? title : `${title} ${number}`,
        slide: await slideOf(document, file, number),
      })),
    )
    if (!desk.drawable) throw new JobError('drawing_not_allowed')
    desk.ledger.write(added(desk.pages.get(), after, fresh), desk.ledger)
    after = fresh.at(-1)?.id ?? after
    if (first === null) {
      first = fresh[0]?.id ?? null
      if (first !== null) desk.go(first)
    }
    progress((from + numbers.length - 1) / count)
  }
  desk.ledger.seal()
}

async function slideOf(document: PDFDocumentProxy, file: string, number: number): Promise<Slide> {
  const page = await document.getPage(number)
  const { width, height } = page.getViewport({ scale: 1 })
  const scale = SIDE / Math.max(width, height)
  return { file, number, width: Math.round(width * scale), height: Math.round(height * scale) }
}
