// Excalidraw as the binding's `Scene`. The only file, with the component beside it, that knows Excalidraw.
import { CaptureUpdateAction, reconcileElements, restoreElements } from '@excalidraw/excalidraw'
import type { RemoteExcalidrawElement } from '@excalidraw/excalidraw/data/reconcile'
import type { ExcalidrawElement } from '@excalidraw/excalidraw/element/types'
import type {
  AppState,
  BinaryFileData,
  BinaryFiles,
  ExcalidrawImperativeAPI,
} from '@excalidraw/excalidraw/types'
import type { Scene, SceneChange } from '../../../board/binding'
import type { BoardFile, Element, LiveStroke, PeerCursor } from '../../../board/elements'
import { tail, type ShownStroke } from '../../../board/strokes'
import type { Cursors } from './cursors'
import type { LiveStrokes } from './live-strokes'

/** What lies over the scene. */
export interface Over {
  readonly strokes: LiveStrokes
  readonly cursors: Cursors
  /** Whether somebody is drawing a stroke right now. */
  drawn(some: boolean): void
}

export class ExcalidrawScene implements Scene {
  constructor(
    private readonly api: ExcalidrawImperativeAPI,
    private readonly over: Over,
  ) {}

  elements(): readonly Element[] {
    return this.api.getSceneElementsIncludingDeleted()
  }

  merge(remote: readonly Element[]): void {
    const local = this.api.getSceneElementsIncludingDeleted()
    const foreign = remote as readonly unknown[] as readonly ExcalidrawElement[]
    const restored = restoreElements(foreign, local)
    const elements = reconcileElements(
      local,
      restored as unknown as RemoteExcalidrawElement[],
      this.api.getAppState(),
    )
    this.api.updateScene({ elements, captureUpdate: CaptureUpdateAction.NEVER })
  }

  addFiles(files: readonly BoardFile[]): void {
    const known = this.api.getFiles()
    const fresh = files.filter((file) => !(file.id in known))
    if (fresh.length > 0) this.api.addFiles(fresh as readonly unknown[] as BinaryFileData[])
  }

  showCursors(cursors: readonly PeerCursor[]): void {
    this.over.cursors.show(cursors)
  }

  showStrokes(strokes: readonly ShownStroke[]): void {
    this.over.strokes.show(strokes)
    this.over.drawn(strokes.length > 0)
  }
}

/** What the binding needs of an `onChange`. */
export function changeOf(
  elements: readonly ExcalidrawElement[],
  state: Pick<AppState, 'newElement' | 'cursorButton'>,
  files: BinaryFiles,
): SceneChange {
  return {
    elements,
    files,
    stroke: strokeUnderPen(state),
  }
}

function strokeUnderPen({
  newElement,
  cursorButton,
}: Pick<AppState, 'newElement' | 'cursorButton'>): LiveStroke | null {
  if (newElement?.type !== 'freedraw' || newElement.isDeleted || cursorButton === 'up') return null
  const { id, strokeColor, strokeWidth, opacity, x, y, points } = newElement
  return tail({ id, colour: strokeColor, width: strokeWidth, opacity }, x, y, points)
}
