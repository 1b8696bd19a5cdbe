// The PDFs whose slides are looked at, and pictures of their pages: a few, the longest unseen goes first.
import type { Slide } from '../../../board/pages'
import type { Uploads } from '../../../board/uploads'
import { openPdf, type PDFDocumentProxy } from './pdf'

/** As many as one large PDF travels in, nearly: each has a worker of its own. */
const DOCUMENTS_MAX = 6
const PICTURES_MAX = 12
const AGAIN_MS = 3000

/** A part of a slide, in the slide's own units, drawn at `scale` pixels a unit. */
export interface Part {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
  readonly scale: number
}

export class SlideStore {
  private readonly documents = new Map<string, Promise<PDFDocumentProxy>>()
  private readonly pictures = new Map<string, Promise<HTMLCanvasElement>>()

  constructor(private readonly uploads: Uploads) {}

  /** A document that was read here just before it was uploaded. */
  seed(file: string, document: PDFDocumentProxy): void {
    void this.keep(file, Promise.resolve(document))
  }

  /** The whole slide, so many pixels wide; kept for a while. */
  whole(slide: Slide, width: number): Promise<HTMLCanvasElement> {
    const key = `${slide.file} ${slide.number} ${width}`
    const known = this.pictures.get(key)
    this.pictures.delete(key)
    const picture =
      known ?? this.part(slide, { x: 0, y: 0, ...sizeOf(slide), scale: width / slide.width }, () => false)
    this.pictures.set(key, picture)
    picture.catch(() => this.pictures.delete(key))
    const [oldest] = this.pictures.keys()
    if (this.pictures.size > PICTURES_MAX && oldest !== undefined) this.pictures.delete(oldest)
    return picture
  }

  /** A part of a slide, as sharp as asked for. `stale` says that nobody wants it any more. */
  async part(slide: Slide, part: Part, stale: () => boolean): Promise<HTMLCanvasElement> {
    const document = await this.document(slide.file)
    const page = await document.getPage(Math.min(slide.number, document.numPages))
    const canvas = window.document.createElement('canvas')
    canvas.width = Math.max(1, Math.round(part.width * part.scale))
    canvas.height = Math.max(1, Math.round(part.height * part.scale))
    if (stale()) return canvas
    const own = page.getViewport({ scale: 1 })
    const viewport = page.getViewport({ scale: (part.scale * slide.width) / own.width })
    const transform = [1, 0, 0, 1, -part.x * part.scale, -part.y * part.scale]
    await page.render({ canvas, viewport, transform, background: '#ffffff' }).promise
    return canvas
  }

  close(): void {
    for (const document of this.documents.values()) destroy(document)
    this.documents.clear()
    this.pictures.clear()
  }

  private document(file: string): Promise<PDFDocumentProxy> {
    const known = this.documents.get(file)
    if (known) return this.keep(file, known)
    const opened = openPdf(this.uploads.address(file))
    // The ticket may have changed meanwhile: whoever asks again later gets another attempt.
    opened.catch(() => setTimeout(() => this.documents.delete(file), AGAIN_MS))
    return this.keep(file, opened)
  }

  private keep(file: string, document: Promise<PDFDocumentProxy>): Promise<PDFDocumentProxy> {
    this.documents.delete(file)
    this.documents.set(file, document)
    const [oldest, first] = this.documents.entries().next().value ?? []
    if (this.documents.size > DOCUMENTS_MAX && oldest !== undefined && first) {
      this.documents.delete(oldest)
      destroy(first)
    }
    return document
  }
}

function destroy(document: Promise<PDFDocumentProxy>): void {
  document.then((one) => one.loadingTask.destroy()).catch(() => undefined)
}

function sizeOf({ width, height }: Slide): { width: number; height: number } {
  return { width, height }
}
