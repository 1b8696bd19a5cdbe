// One page as a file: picture, drawing or Excalidraw's own format. Slides lie beneath the drawing as on the board.
import { exportToCanvas, exportToSvg, serializeAsJSON } from '@excalidraw/excalidraw'
import type { ExcalidrawElement } from '@excalidraw/excalidraw/element/types'
import type { BinaryFiles } from '@excalidraw/excalidraw/types'
import type { Page } from '../../../board/pages'
import type { Studio } from '../board/studio'
import { drawnOn, slideFrame } from '../board/thumbs'

/** Pixels for each unit of the board. */
export const SHARP = 2
/** What browsers draw on, phones among them: what is scattered farther is drawn coarser. */
const CANVAS = { side: 8192, pixels: 16_000_000 } as const
const PADDING = 24
const SVG = 'http://www.w3.org/2000/svg'
const WHITE = { exportBackground: true, viewBackgroundColor: '#ffffff' } as const

/** The pictures of these elements, by id, with their bytes in them: only files that leave the page carry those. */
export async function filesOf(studio: Studio, elements: readonly ExcalidrawElement[]): Promise<BinaryFiles> {
  const ids = new Set(elements.flatMap((element) => (element.type === 'image' ? (element.fileId ?? []) : [])))
  const files = await Promise.all(
    [...ids].map(async (id) => {
      const blob = await studio.gallery.blob(id).catch(() => null)
      if (!blob) return null
      return [
        id,
        { id, mimeType: blob.type || 'image/png', dataURL: await dataUrl(blob), created: 0 },
      ] as const
    }),
  )
  return Object.fromEntries(files.filter((file) => file !== null)) as unknown as BinaryFiles
}

/** The drawing alone, cut to the slide where there is one; null for an empty page without a slide. */
export async function drawing(
  studio: Studio,
  page: Page,
  background: boolean,
): Promise<HTMLCanvasElement | null> {
  const elements = drawnOn(studio.desk.doc, page)
  if (elements.length === 0) return null
  return exportToCanvas({
    elements: elements as never,
    files: await filesOf(studio, elements),
    appState: background ? WHITE : { exportBackground: false },
    exportPadding: page.slide ? 0 : PADDING,
    exportingFrame: page.slide ? slideFrame(page) : null,
    getDimensions: (width: number, height: number) => {
      const scale = scaleFor(width, height)
      return { width: width * scale, height: height * scale, scale }
    },
  })
}

function scaleFor(width: number, height: number): number {
  const { side, pixels } = CANVAS
  return Math.min(SHARP, side / Math.max(width, height), Math.sqrt(pixels / (width * height)))
}

/** The page as one picture. */
export async function picture(studio: Studio, page: Page): Promise<HTMLCanvasElement> {
  const { slide } = page
  if (!slide) return (await drawing(studio, page, true)) ?? blank(800, 500)
  const canvas = blank(slide.width * SHARP, slide.height * SHARP)
  const context = canvas.getContext('2d')
  context?.drawImage(await studio.slides.whole(slide, slide.width * SHARP), 0, 0, canvas.width, canvas.height)
  const drawn = await drawing(studio, page, false)
  if (drawn) context?.drawImage(drawn, 0, 0, canvas.width, canvas.height)
  return canvas
}

export async function png(studio: Studio, page: Page): Promise<Blob> {
  return blobOf(await picture(studio, page), 'image/png')
}

export async function svg(studio: Studio, page: Page): Promise<Blob> {
  const elements = drawnOn(studio.desk.doc, page)
  const { slide } = page
  const root = await exportToSvg({
    elements: elements as never,
    files: await filesOf(studio, elements),
    appState: slide ? { exportBackground: false } : WHITE,
    exportPadding: slide ? 0 : PADDING,
    exportingFrame: slide ? slideFrame(page) : null,
  })
  if (slide) {
    const image = document.createElementNS(SVG, 'image')
    const whole = await studio.slides.whole(slide, slide.width * SHARP)
    image.setAttribute('href', await dataUrl(await blobOf(whole, 'image/png')))
    image.setAttribute('width', String(slide.width))
    image.setAttribute('height', String(slide.height))
    root.prepend(image)
  }
  return new Blob([root.outerHTML], { type: 'image/svg+xml' })
}

/** Excalidraw's file; a slide comes along as a locked picture at the bottom. */
export async function excalidraw(studio: Studio, page: Page): Promise<Blob> {
  const elements = drawnOn(studio.desk.doc, page)
  const files: Record<string, unknown> = { ...(await filesOf(studio, elements)) }
  const { slide } = page
  if (slide) {
    const id = `slide-${slide.number}`
    const whole = await studio.slides.whole(slide, slide.width * SHARP)
    const dataURL = await dataUrl(await blobOf(whole, 'image/png'))
    files[id] = { id, mimeType: 'image/png', dataURL, created: 0 }
    elements.unshift(slideElement(id, slide.width, slide.height))
  }
  const json = serializeAsJSON(elements, { viewBackgroundColor: '#ffffff' }, files as BinaryFiles, 'local')
  return new Blob([json], { type: 'application/vnd.excalidraw+json' })
}

export function blobOf(canvas: HTMLCanvasElement, type: string): Promise<Blob> {
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('the canvas is too large'))), type)
  })
}

function slideElement(fileId: string, width: number, height: number): ExcalidrawElement {
  return {
    type: 'image',
    id: fileId,
    fileId,
    status: 'saved',
    x: 0,
    y: 0,
    width,
    height,
    angle: 0,
    scale: [1, 1],
    crop: null,
    strokeColor: 'transparent',
    backgroundColor: 'transparent',
    fillStyle: 'solid',
    strokeWidth: 1,
    strokeStyle: 'solid',
    roughness: 0,
    opacity: 100,
    roundness: null,
    seed: 1,
    version: 1,
    versionNonce: 1,
    index: null,
    isDeleted: false,
    groupIds: [],
    frameId: null,
    boundElements: null,
    updated: 1,
    link: null,
    locked: true,
  } as unknown as ExcalidrawElement
}

function blank(width: number, height: number): HTMLCanvasElement {
  const canvas = document.createElement('canvas')
  canvas.width = Math.round(width)
  canvas.height = Math.round(height)
  const context = canvas.getContext('2d')
  if (context) {
    context.fillStyle = '#ffffff'
    context.fillRect(0, 0, canvas.width, canvas.height)
  }
  return canvas
}

function dataUrl(blob: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader()
    reader.addEventListener('load', () => resolve(reader.result as string))
    reader.addEventListener('error', () => reject(new Error('the picture cannot be read')))
    reader.readAsDataURL(blob)
  })
}
