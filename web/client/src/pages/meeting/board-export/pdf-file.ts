// Pages as one PDF: slides stay what they were (text can be searched and is sharp), with the drawing laid over them.
import { PDFDocument, type PDFEmbeddedPage } from '@cantoo/pdf-lib'
import type { Page, Slide } from '../../../board/pages'
import type { Studio } from '../board/studio'
import { blobOf, drawing, picture, SHARP } from './page-files'

/** Points of a PDF for each unit of the board. */
const POINTS = 0.75

export async function pdf(
  studio: Studio,
  pages: readonly Page[],
  progress: (part: number) => void,
): Promise<Blob> {
  const out = await PDFDocument.create()
  const sources = new Map<string, Promise<Uint8Array>>()
  for (const [at, page] of pages.entries()) {
    // oxlint-disable-next-line eslint/no-await-in-loop -- one at a time: each is large
    const slide = page.slide ? await embedded(out, studio, page.slide, sources) : null
    // oxlint-disable-next-line eslint/no-await-in-loop -- as above
    await (slide && page.slide ? over(out, studio, page, page.slide, slide) : flat(out, studio, page))
    progress((at + 1) / pages.length)
  }
  out.setProducer('Kegelbahn')
  return new Blob([await out.save()], { type: 'application/pdf' })
}

async function over(
  out: PDFDocument,
  studio: Studio,
  page: Page,
  { width, height }: Slide,
  slide: PDFEmbeddedPage,
): Promise<void> {
  const size = { width: width * POINTS, height: height * POINTS }
  const sheet = out.addPage([size.width, size.height])
  sheet.drawPage(slide, { x: 0, y: 0, ...size })
  const drawn = await drawing(studio, page, false)
  if (!drawn) return
  const image = await out.embedPng(await bytesOf(drawn))
  sheet.drawImage(image, { x: 0, y: 0, ...size })
}

async function flat(out: PDFDocument, studio: Studio, page: Page): Promise<void> {
  const canvas = await picture(studio, page)
  const size = { width: (canvas.width / SHARP) * POINTS, height: (canvas.height / SHARP) * POINTS }
  const image = await out.embedPng(await bytesOf(canvas))
  out.addPage([size.width, size.height]).drawImage(image, { x: 0, y: 0, ...size })
}

/** The slide itself; null when it cannot be taken over as it is, and goes in as a picture. */
async function embedded(
  out: PDFDocument,
  studio: Studio,
  slide: Slide,
  sources: Map<string, Promise<Uint8Array>>,
): Promise<PDFEmbeddedPage | null> {
  const source =
    sources.get(slide.file) ??
    fetch(studio.uploads.address(slide.file)).then(async (answer) => {
      if (!answer.ok) throw new Error(String(answer.status))
      return new Uint8Array(await answer.arrayBuffer())
    })
  sources.set(slide.file, source)
  try {
    const [page] = await out.embedPdf(await source, [slide.number - 1])
    return page ?? null
  } catch {
    return null
  }
}

async function bytesOf(canvas: HTMLCanvasElement): Promise<ArrayBuffer> {
  return (await blobOf(canvas, 'image/png')).arrayBuffer()
}
