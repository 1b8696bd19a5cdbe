// Small pictures of pages: drawn only for those that are in view, one at a time, when nothing has changed for a while.
// A page's elements come from the document, since only one page is in the scene.
import { exportToCanvas } from '@excalidraw/excalidraw'
import type { ExcalidrawElement } from '@excalidraw/excalidraw/element/types'
import type { BinaryFiles } from '@excalidraw/excalidraw/types'
import { isElement } from '../../../board/binding'
import type { Desk } from '../../../board/desk'
import { mapOf, rootOf } from '../../../board/document'
import { inOrder } from '../../../board/elements'
import type { Page } from '../../../board/pages'

const SETTLE_MS = 1500
const SIDE = 288
/** Beyond so many shapes a small picture costs more than it tells; the first ones stand for all. */
const SHAPES_MAX = 1500

/** What lies beneath the elements of a page, such as its slide; null for nothing. */
export type Beneath = (page: Page, side: number) => Promise<CanvasImageSource | null>

export class Thumbs {
  private readonly waiting = new Map<HTMLCanvasElement, Page>()
  private busy = false

  constructor(
    private readonly desk: Desk,
    private readonly files: () => BinaryFiles,
    private readonly dark: () => boolean,
    private readonly beneath: Beneath,
  ) {}

  /** Keeps a canvas up to date with a page while it is in view; returns how to stop. */
  watch(canvas: HTMLCanvasElement, page: Page): () => void {
    const map = mapOf(this.desk.doc, rootOf(page.id))
    let timer: ReturnType<typeof setTimeout> | null = null
    let seen = false
    const later = (ms: number): void => {
      if (!seen) return
      if (timer !== null) clearTimeout(timer)
      timer = setTimeout(() => {
        this.waiting.set(canvas, page)
        void this.work()
      }, ms)
    }
    const changed = (): void => later(SETTLE_MS)
    const observer = new IntersectionObserver((entries) => {
      seen = entries.some((entry) => entry.isIntersecting)
      later(0)
    })
    observer.observe(canvas)
    map.observe(changed)
    return () => {
      if (timer !== null) clearTimeout(timer)
      this.waiting.delete(canvas)
      observer.disconnect()
      map.unobserve(changed)
    }
  }

  private async work(): Promise<void> {
    if (this.busy) return
    this.busy = true
    for (;;) {
      const [next] = this.waiting
      if (!next) break
      const [canvas, page] = next
      this.waiting.delete(canvas)
      // oxlint-disable-next-line eslint/no-await-in-loop -- one at a time, so that drawing never waits for them
      await this.draw(canvas, page).catch(() => undefined)
      // oxlint-disable-next-line eslint/no-await-in-loop -- as above
      await new Promise((then) => setTimeout(then, 30))
    }
    this.busy = false
  }

  private async draw(canvas: HTMLCanvasElement, page: Page): Promise<void> {
    const elements = drawnOn(this.desk.doc, page).slice(0, SHAPES_MAX)
    const beneath = await this.beneath(page, SIDE)
    const picture = elements.length > 0 ? await shapes(elements, page, this.files(), this.dark()) : null
    const context = canvas.getContext('2d')
    if (!context) return
    const { width, height } = canvas
    context.clearRect(0, 0, width, height)
    for (const image of [beneath, picture]) if (image) contain(context, image, width, height)
  }
}

/** What is on a page of a document, from the back to the front. */
export function drawnOn(doc: Desk['doc'], page: Page): ExcalidrawElement[] {
  return inOrder(
    [...mapOf(doc, rootOf(page.id)).values()].filter(isElement),
  ) as unknown as ExcalidrawElement[]
}

/** The shapes of a page as a small picture. */
export function shapes(
  elements: ExcalidrawElement[],
  page: Page,
  files: BinaryFiles,
  dark: boolean,
): Promise<HTMLCanvasElement> {
  return exportToCanvas({
    elements: elements as never,
    files,
    appState: { exportBackground: false, exportWithDarkMode: dark } as never,
    maxWidthOrHeight: SIDE,
    exportPadding: page.slide ? 0 : 24,
    exportingFrame: page.slide ? slideFrame(page) : null,
  })
}

/** Cuts a picture to a page's slide, which nothing in the scene stands for. */
export function slideFrame({ slide }: Page): never {
  return {
    id: 'slide',
    type: 'frame',
    x: 0,
    y: 0,
    width: slide?.width ?? 1,
    height: slide?.height ?? 1,
    angle: 0,
    isDeleted: false,
    groupIds: [],
    name: null,
  } as never
}

function contain(
  context: CanvasRenderingContext2D,
  image: CanvasImageSource,
  width: number,
  height: number,
): void {
  const { width: w, height: h } = image as HTMLCanvasElement
  const scale = Math.min(width / w, height / h)
  context.drawImage(image, (width - w * scale) / 2, (height - h * scale) / 2, w * scale, h * scale)
}
