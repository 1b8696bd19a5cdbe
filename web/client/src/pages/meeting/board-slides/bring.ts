// A PDF becomes pages: read here first, to its last page, so that a broken one is told before it travels; then uploaded
// whole; then all its pages are on the board in one step, or none.
import type { Desk } from '../../../board/desk'
import { added, type Slide } from '../../../board/pages'
import { SLIDES_COUNT_MAX, SLIDES_MAX, UploadError, type Uploads } from '../../../board/uploads'
import { goOn, JobError, type Jobs } from '../board/jobs'
import { newPageId } from '../board/page-edits'
import { readPdf, type PDFDocumentProxy } from './pdf'
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
    try {
      const sizes = await sizesOf(document, signal, (part) => progress(Math.round(part * READING)))
      const blob = file.type === 'application/pdf' ? file : new Blob([file], { type: 'application/pdf' })
      const sent = (percent: number): void =>
        progress(READING + Math.round((percent * (100 - READING)) / 100))
      const id = await uploads.send(blob, sent, signal).catch(asSlides)
      goOn(signal)
      if (!desk.drawable) throw new JobError('drawing_not_allowed')
      slides.seed(id, document)
      addPages(file.name, id, sizes, desk)
    } catch (error) {
      void document.loadingTask.destroy()
      throw error
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

function addPages(fileName: string, file: string, sizes: readonly Size[], desk: Desk): void {
  const title = fileName.replace(/\.pdf$/i, '').slice(0, 50)
  const fresh = sizes.map((size, at) => ({
    id: newPageId(),
    name: sizes.length === 1 ? title : `${title} ${at + 1}`,
    slide: { file, number: at + 1, ...size },
  }))
  desk.step(added(desk.pages.get(), desk.page.get(), fresh))
  const [first] = fresh
  if (first) desk.go(first.id)
}

/** The server speaks of files; whoever brings slides hears of slides. */
function asSlides(error: unknown): never {
  const fault = error instanceof UploadError ? error.fault : null
  if (fault === 'too_large') throw new JobError('slides_refused')
  if (fault === 'type_unknown') throw new JobError('broken')
  throw error
}
