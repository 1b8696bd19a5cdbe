// Wiping is one step that undo takes back, for the keyboard's undo as well as for the notice's button.
import { CaptureUpdateAction, newElementWith } from '@excalidraw/excalidraw'
import type { ExcalidrawImperativeAPI } from '@excalidraw/excalidraw/types'

/** The ids of what was wiped. */
export type Wiped = ReadonlySet<string>

export function wipe(api: ExcalidrawImperativeAPI): Wiped | null {
  const gone = new Set(api.getSceneElements().map((element) => element.id))
  if (gone.size === 0) return null
  mark(api, gone, true)
  return gone
}

export function restore(api: ExcalidrawImperativeAPI, wiped: Wiped): void {
  mark(api, wiped, false)
}

function mark(api: ExcalidrawImperativeAPI, ids: Wiped, isDeleted: boolean): void {
  api.updateScene({
    elements: api
      .getSceneElementsIncludingDeleted()
      .map((element) => (ids.has(element.id) ? newElementWith(element, { isDeleted }) : element)),
    captureUpdate: CaptureUpdateAction.IMMEDIATELY,
  })
}
