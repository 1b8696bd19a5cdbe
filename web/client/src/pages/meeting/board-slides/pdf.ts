// pdf.js, fetched when the first slide is seen or chosen. Everything it needs comes from our own server.
import type * as PdfJs from 'pdfjs-dist'
import type { PDFDocumentLoadingTask, PDFDocumentProxy, PDFPageProxy } from 'pdfjs-dist'
// oxlint-disable-next-line import/default -- the bundler makes an address of it
import workerUrl from 'pdfjs-dist/build/pdf.worker.min.mjs?url'
import { JobError } from '../board/jobs'

export type { PDFDocumentProxy, PDFPageProxy }

type Library = typeof PdfJs
let library: Promise<Library> | null = null

function fetched(): Promise<Library> {
  library ??= import('pdfjs-dist').then((pdf) => {
    pdf.GlobalWorkerOptions.workerSrc = workerUrl
    return pdf
  })
  library.catch(() => (library = null))
  return library
}

const OWN = {
  cMapUrl: '/pdf/cmaps/',
  cMapPacked: true,
  standardFontDataUrl: '/pdf/standard_fonts/',
  wasmUrl: '/pdf/wasm/',
  iccUrl: '/pdf/iccs/',
  // The same letters for everybody, from our server instead of from whatever a device has.
  useSystemFonts: false,
  enableXfa: false,
  isEvalSupported: false,
  stopAtErrors: false,
} as const

/** Reads a PDF that this person chose; says what is wrong with it. */
export async function readPdf(bytes: ArrayBuffer): Promise<PDFDocumentProxy> {
  const { getDocument } = await fetched()
  try {
    const document = await settled(getDocument({ ...OWN, data: bytes }))
    if (document.numPages === 0) throw new JobError('broken')
    return document
  } catch (error) {
    throw error instanceof JobError ? error : new JobError('broken')
  }
}

/** Some pages, from 1 and both included, as a PDF of their own; null where that does not go without losing anything. */
export async function cutOut(
  document: PDFDocumentProxy,
  from: number,
  to: number,
): Promise<{ blob: Blob; document: PDFDocumentProxy } | null> {
  // pdf.js leaves out which layers are hidden: all of them would be seen.
  if ((await document.getOptionalContentConfig()).getOrder() !== null) return null
  const pages = { document: null, includePages: [[from - 1, to - 1]] }
  const bytes: Uint8Array | null = await document.extractPages([pages]).catch(() => null)
  if (!bytes) return null
  const blob = new Blob([new Uint8Array(bytes)], { type: 'application/pdf' })
  const made = await readPdf(await blob.arrayBuffer()).catch(() => null)
  if (made?.numPages === to - from + 1) return { blob, document: made }
  void made?.loadingTask.destroy()
  return null
}

/** Opens a PDF on the server: only what is looked at is fetched. */
export async function openPdf(url: string): Promise<PDFDocumentProxy> {
  const { getDocument } = await fetched()
  return settled(
    getDocument({ ...OWN, url, disableAutoFetch: true, disableStream: true, rangeChunkSize: 262_144 }),
  )
}

function settled(task: PDFDocumentLoadingTask): Promise<PDFDocumentProxy> {
  return new Promise((resolve, reject) => {
    // We ask nobody for a password, and without an answer pdf.js would wait for ever.
    task.onPassword = () => {
      reject(new JobError('encrypted'))
      void task.destroy()
    }
    task.promise.then(resolve, reject)
  })
}
