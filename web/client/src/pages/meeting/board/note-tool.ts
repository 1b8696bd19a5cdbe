// Sticky notes and highlighter strokes: Excalidraw has no tools for them, so its own shapes are placed and ordered here.
import { CaptureUpdateAction, convertToExcalidrawElements, newElementWith } from '@excalidraw/excalidraw'
import type { AppState, ExcalidrawImperativeAPI } from '@excalidraw/excalidraw/types'

/** The walls of our rooms, by turns. */
export const NOTE_COLOURS = ['#fae3ad', '#f4d9e7', '#cfe4d9', '#d3e3f4', '#e5d8ee', '#f7d5cc'] as const
export const NOTE_SIDE = { width: 176, height: 128 } as const
const INK = '#12302a'

/** Sticks a note on the board, its middle at this point, and begins to write on it. */
export function stickNote(
  api: ExcalidrawImperativeAPI,
  at: { x: number; y: number },
  frame: HTMLElement,
): void {
  const elements = api.getSceneElementsIncludingDeleted()
  const notes = elements.filter(({ customData }) => customData?.['note'] === true).length
  const [note] = convertToExcalidrawElements([
    {
      type: 'rectangle',
      x: at.x - NOTE_SIDE.width / 2,
      y: at.y - NOTE_SIDE.height / 2,
      ...NOTE_SIDE,
      backgroundColor: NOTE_COLOURS[notes % NOTE_COLOURS.length] ?? NOTE_COLOURS[0],
      fillStyle: 'solid',
      strokeColor: INK,
      strokeWidth: 1,
      roughness: 1,
      roundness: null,
      customData: { note: true },
    },
  ])
  if (!note) return
  api.setActiveTool({ type: 'selection' })
  api.updateScene({
    elements: [...elements, note],
    appState: { selectedElementIds: { [note.id]: true } } as unknown as AppState,
    captureUpdate: CaptureUpdateAction.IMMEDIATELY,
  })
  // Enter is Excalidraw's key for writing into what is selected.
  const board = frame.querySelector<HTMLElement>('.excalidraw')
  requestAnimationFrame(() => {
    board?.focus()
    board?.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }))
  })
}

/** Lays the stroke that was just drawn behind everything else. */
export function layBehind(api: ExcalidrawImperativeAPI, id: string): void {
  const elements = api.getSceneElementsIncludingDeleted()
  const stroke = elements.find((element) => element.id === id)
  const [first] = elements
  if (!stroke || first === stroke) return
  // Without a place of its own it is given one before the first.
  const moved = newElementWith(stroke, { index: null } as never)
  api.updateScene({
    elements: [moved, ...elements.filter((element) => element !== stroke)],
    captureUpdate: CaptureUpdateAction.EVENTUALLY,
  })
}
