// Everything around one Excalidraw that is no React: its tools, what lies over it, whom it follows, the small pictures.
// Made once Excalidraw has loaded (a binding before that shows a late joiner an empty board), and thrown away with it.
import type { ExcalidrawElement } from '@excalidraw/excalidraw/element/types'
import type { AppState, ExcalidrawImperativeAPI } from '@excalidraw/excalidraw/types'
import { getCommonBounds } from '@excalidraw/excalidraw'
import { Store } from '../../../call/store'
import type { Desk } from '../../../board/desk'
import type { Slide } from '../../../board/pages'
import { FirstLook } from './first-look'
import { Follow } from './follow'
import { Jobs } from './jobs'
import { layBehind, stickNote } from './note-tool'
import { Over } from './over'
import { Palm } from './palm'
import { Gallery } from '../board-pictures/gallery'
import { changeOf, ExcalidrawScene } from './scene'
import { SlideLayer, type SlideState } from '../board-slides/slide-layer'
import { SlideStore } from '../board-slides/slide-store'
import { Thumbs } from './thumbs'
import { NOTE, Tools } from './tools'
import type { Uploads } from '../../../board/uploads'
import { fit } from './viewport'

/** Excalidraw remembers steps of its own, which nobody takes back: ours are the ones that count. */
const FORGET_EVERY_MS = 60_000

export interface StudioState {
  /** Nothing is on the page. */
  readonly empty: boolean
  /** Somebody draws a stroke that is not there yet. */
  readonly drawing: boolean
  readonly slide: SlideState
}

export class Studio {
  readonly state = new Store<StudioState>({ empty: true, drawing: false, slide: 'none' })
  readonly tools: Tools
  readonly follow: Follow
  readonly thumbs: Thumbs
  readonly scene: ExcalidrawScene
  readonly over: Over
  readonly gallery: Gallery
  readonly slides: SlideStore
  readonly jobs = new Jobs()
  readonly firstLook: FirstLook
  private readonly layer: SlideLayer
  private stroke: string | null = null
  private selection: AppState['selectedElementIds'] = {}
  private readonly listeners = new Set<() => void>()
  private readonly ends: (() => void)[]

  constructor(
    readonly api: ExcalidrawImperativeAPI,
    readonly desk: Desk,
    readonly uploads: Uploads,
    frame: HTMLElement,
    dark: () => boolean,
  ) {
    const canvas = frame.querySelector<HTMLCanvasElement>('.live-strokes')
    const box = frame.querySelector<HTMLElement>('.cursors')
    const under = frame.querySelector<HTMLCanvasElement>('.slide')
    if (!canvas || !box || !under) throw new Error('the board is drawn with its overlays')
    this.tools = new Tools(api)
    this.tools.changed(api.getAppState())
    this.scene = new ExcalidrawScene(api)
    this.firstLook = new FirstLook(
      () => {
        const { width, height } = api.getAppState()
        const there = this.slide !== null || desk.isDrawnOn(desk.page.get())
        const shown = this.slide !== null || api.getSceneElements().length > 0
        return { sized: width > 0 && height > 0, there, shown }
      },
      () => this.showAll(),
    )
    this.scene.onFirst = () => this.firstLook.owe()
    this.follow = new Follow(desk, api)
    this.gallery = new Gallery(api, uploads)
    this.scene.onMerged = (elements) => this.gallery.need(elements)
    this.slides = new SlideStore(uploads)
    this.layer = new SlideLayer(under, () => api.getAppState(), this.slides)
    this.layer.onState = (slide) => this.state.patch({ slide })
    this.thumbs = new Thumbs(
      desk,
      () => api.getFiles(),
      dark,
      async ({ slide }, side) => (slide ? this.slides.whole(slide, side) : null),
    )
    this.over = new Over(api, frame, canvas, box)
    this.over.onDrawing = (drawing) => {
      if (drawing !== this.state.get().drawing) this.state.patch({ drawing })
    }
    this.over.onView = (view) => this.follow.shown(view)
    this.over.onMoved = () => {
      this.follow.moved()
      this.layer.moved()
    }
    const palm = new Palm(api, frame)
    const forgetting = setInterval(() => api.history.clear(), FORGET_EVERY_MS)
    this.ends = [
      api.onPointerDown((tool, down) => {
        if (tool.type === 'custom' && tool.customType === NOTE) stickNote(api, down.origin, frame)
      }),
      desk.page.subscribe(() => {
        this.lay()
        this.follow.turned(desk.page.get())
      }),
      desk.pages.subscribe(() => this.lay()),
      () => clearInterval(forgetting),
      () => desk.detach(),
      () => palm.close(),
      () => this.over.close(),
      () => this.layer.close(),
      () => this.slides.close(),
      () => this.gallery.close(),
    ]
    this.lay()
    desk.attach({ scene: this.scene, others: this.over })
  }

  close(): void {
    for (const end of this.ends) end()
  }

  /** Excalidraw's `onChange`: comes with every movement of the pointer. */
  changed(elements: readonly ExcalidrawElement[], state: AppState): void {
    this.tools.changed(state)
    this.layBehind(state)
    this.desk.changed(changeOf(elements, state))
    const empty = elements.every((element) => element.isDeleted)
    if (empty !== this.state.get().empty) this.state.patch({ empty })
    this.firstLook.settle()
    this.selected(state)
    for (const listener of this.listeners) listener()
  }

  readonly onChanged = (listener: () => void): (() => void) => {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  readonly elements = (): readonly ExcalidrawElement[] => this.api.getSceneElements()

  /** The board's point under a point of the window. */
  pointAt(clientX: number, clientY: number): { x: number; y: number } {
    const { offsetLeft, offsetTop, zoom, scrollX, scrollY } = this.api.getAppState()
    return {
      x: (clientX - offsetLeft) / zoom.value - scrollX,
      y: (clientY - offsetTop) / zoom.value - scrollY,
    }
  }

  /** All of the page in view: its slide, or what is drawn on it. */
  showAll(): void {
    if (this.slide) return fit(this.api, { x: 0, y: 0, ...this.slide }, 2)
    const elements = this.api.getSceneElements()
    if (elements.length === 0) return
    const [left, top, right, bottom] = getCommonBounds(elements)
    fit(this.api, { x: left, y: top, width: right - left || 1, height: bottom - top || 1 })
  }

  private get slide(): Slide | null {
    return this.desk.pages.get().find(({ id }) => id === this.desk.page.get())?.slide ?? null
  }

  private lay(): void {
    this.layer.show(this.slide)
  }

  /** Excalidraw keeps its list of what is selected as long as that stays the same. */
  private selected({ selectedElementIds }: AppState): void {
    if (selectedElementIds === this.selection) return
    this.selection = selectedElementIds
    const pictures = this.api
      .getSceneElements()
      .flatMap((one) => (one.type === 'image' && selectedElementIds[one.id] && one.fileId) || [])
    this.gallery.select(new Set(pictures))
  }

  /** The marker's strokes go behind everything as soon as they are finished. */
  private layBehind({ newElement }: AppState): void {
    if (newElement?.type === 'freedraw') {
      this.stroke = this.tools.marks ? newElement.id : null
      return
    }
    if (this.stroke === null) return
    const id = this.stroke
    this.stroke = null
    queueMicrotask(() => layBehind(this.api, id))
  }
}

/** The board's own keys, before Excalidraw sees them: undo is ours, and so are two tools. */
export function boardKeys(studio: Studio, event: KeyboardEvent, mayDraw: boolean): void {
  const { target } = event
  if (target instanceof HTMLElement && target.matches('input, textarea, [contenteditable]')) return
  const key = event.key.toLowerCase()
  const take = (run: () => void): void => {
    event.preventDefault()
    event.stopPropagation()
    run()
  }
  if (event.ctrlKey || event.metaKey) {
    if (key === 'z') take(() => (event.shiftKey ? studio.desk.redo() : studio.desk.undo()))
    else if (key === 'y') take(() => studio.desk.redo())
    return
  }
  if (event.altKey || !mayDraw || !(target instanceof Element && target.closest('.excalidraw'))) return
  if (key === 'b') take(() => studio.tools.choose('marker'))
  else if (key === 'n') take(() => studio.tools.choose('note'))
}
