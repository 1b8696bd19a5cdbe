// Where one looks on a page: as others need to know it, and back. Pure but for the call that moves.
import type { AppState, ExcalidrawImperativeAPI } from '@excalidraw/excalidraw/types'
import type { PeerView } from '../../../board/elements'

type Viewport = Pick<AppState, 'scrollX' | 'scrollY' | 'zoom' | 'width' | 'height'>

/** A viewport without its size. */
export interface Place {
  readonly scrollX: number
  readonly scrollY: number
  readonly zoom: { readonly value: number }
}

export interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** The board's point in the middle of the view, and how large things are there. */
export function viewFrom(page: string, { scrollX, scrollY, zoom, width, height }: Viewport): PeerView {
  return {
    page,
    x: round(width / 2 / zoom.value - scrollX),
    y: round(height / 2 / zoom.value - scrollY),
    zoom: Math.round(zoom.value * 1000) / 1000,
  }
}

/** Goes there; tells where that is, since the state follows a moment later. */
export function lookAt(api: ExcalidrawImperativeAPI, { x, y, zoom }: Omit<PeerView, 'page'>): Place {
  const { width, height } = api.getAppState()
  const place = { zoom: { value: zoom }, scrollX: width / 2 / zoom - x, scrollY: height / 2 / zoom - y }
  api.updateScene({ appState: place as unknown as AppState })
  return place
}

/** Shows all of a box, clear of the tools above and below; never larger than it is. */
export function fit(api: ExcalidrawImperativeAPI, box: Box, largest = 1): void {
  const { width, height } = api.getAppState()
  if (width === 0 || height === 0) return
  const room = { width: Math.max(80, width - 32), height: Math.max(80, height - 136) }
  const zoom = Math.min(largest, room.width / box.width, room.height / box.height)
  lookAt(api, { x: box.x + box.width / 2, y: box.y + box.height / 2, zoom: Math.max(0.1, zoom) })
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
