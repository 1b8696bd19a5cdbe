// Excalidraw as the binding's `Scene`. The only file, with the component beside it, that knows Excalidraw.
import { CaptureUpdateAction, reconcileElements, restoreElements } from '@excalidraw/excalidraw'
import type { RemoteExcalidrawElement } from '@excalidraw/excalidraw/data/reconcile'
import type { ExcalidrawElement } from '@excalidraw/excalidraw/element/types'
import type {
  AppState,
  BinaryFileData,
  BinaryFiles,
  Collaborator,
  ExcalidrawImperativeAPI,
  SocketId,
} from '@excalidraw/excalidraw/types'
import type { Scene, SceneChange } from '../../../board/binding'
import type { BoardFile, Element, LiveStroke, PeerCursor } from '../../../board/elements'
import { tail, type ShownStroke } from '../../../board/strokes'

/** The ball colours as Excalidraw wants them: the same in both themes (tokens.css, --ball-*). */
const BALLS = [
  '#1e6b59',
  '#b03c2c',
  '#7a3e72',
  '#2f62a6',
  '#85590a',
  '#4d6820',
  '#4a5d68',
  '#a63a6b',
] as const

export class ExcalidrawScene implements Scene {
  constructor(
    private readonly api: ExcalidrawImperativeAPI,
    private readonly drawStrokes: (strokes: readonly ShownStroke[]) => void,
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
    const collaborators = new Map(
      cursors.map((cursor): [SocketId, Collaborator] => {
        const colour = BALLS[cursor.ball % BALLS.length] ?? BALLS[0]
        return [
          String(cursor.client) as SocketId,
          {
            username: cursor.name,
            color: { background: colour, stroke: colour },
            button: cursor.button,
            ...(cursor.pointer && { pointer: { ...cursor.pointer, tool: 'pointer' as const } }),
          },
        ]
      }),
    )
    this.api.updateScene({ collaborators })
  }

  showStrokes(strokes: readonly ShownStroke[]): void {
    this.drawStrokes(strokes)
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
