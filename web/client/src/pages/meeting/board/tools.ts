// The tools of our own toolbar, over Excalidraw's: which is in hand, and what pen and marker are set to. No React.
import type { AppState, ExcalidrawImperativeAPI } from '@excalidraw/excalidraw/types'
import { Store } from '../../../call/store'

export type Tool =
  | 'hand'
  | 'selection'
  | 'freedraw'
  | 'marker'
  | 'eraser'
  | 'rectangle'
  | 'diamond'
  | 'ellipse'
  | 'arrow'
  | 'line'
  | 'text'
  | 'note'
  | 'frame'
  | 'laser'

export interface ToolState {
  readonly tool: Tool
  /** Keeps the tool in hand after each shape. */
  readonly locked: boolean
  readonly grid: boolean
  /** A pen has been on this screen: since then fingers draw only where that is asked for. */
  readonly pen: boolean
  readonly fingers: boolean
  /** In parts of a hundred. */
  readonly zoom: number
  /** Something is there whose colours and lines may be set. */
  readonly stylable: boolean
  readonly styling: boolean
}

type Ink = Pick<AppState, 'currentItemStrokeColor' | 'currentItemStrokeWidth' | 'currentItemOpacity'>

/** What things are drawn with at first: ink, in a typeface that is easy to read, on the colours of our own walls. */
export const FIRST_LOOK = {
  currentItemStrokeColor: '#12302a',
  currentItemFontFamily: 6,
  currentItemRoughness: 1,
  currentItemStrokeWidth: 2,
  viewBackgroundColor: 'transparent',
} as const

const MARKER: Ink = {
  currentItemStrokeColor: '#f2b33d',
  currentItemStrokeWidth: 5,
  currentItemOpacity: 40,
}
const ZOOM = { min: 0.1, max: 30, step: 1.25 } as const
/** The word by which Excalidraw knows the tool for notes. */
export const NOTE = 'note'

const SHOWN: ReadonlySet<string> = new Set<Tool>([
  'hand',
  'selection',
  'freedraw',
  'eraser',
  'rectangle',
  'diamond',
  'ellipse',
  'arrow',
  'line',
  'text',
  'frame',
  'laser',
])

export class Tools {
  readonly state = new Store<ToolState>({
    tool: 'selection',
    locked: false,
    grid: false,
    pen: false,
    fingers: true,
    zoom: 100,
    stylable: false,
    styling: false,
  })
  private marker = false
  private pen: Ink | null = null
  private marking: Ink = MARKER

  constructor(private readonly api: ExcalidrawImperativeAPI) {}

  /** Takes in what Excalidraw says about itself; cheap, since it comes with every movement of the pointer. */
  changed(state: AppState): void {
    const { activeTool, zoom, gridModeEnabled, selectedElementIds, openMenu } = state
    if (this.marker && activeTool.type !== 'freedraw') this.dropMarker()
    const next: ToolState = {
      tool: this.toolOf(activeTool),
      locked: activeTool.locked,
      grid: gridModeEnabled,
      pen: state.penDetected,
      fingers: !state.penMode,
      zoom: Math.round(zoom.value * 100),
      stylable: drawsWith(activeTool.type) || Object.keys(selectedElementIds).length > 0,
      styling: openMenu === 'shape',
    }
    const now = this.state.get()
    const keys = Object.keys(next) as (keyof ToolState)[]
    if (keys.some((key) => next[key] !== now[key])) this.state.set(next)
  }

  /** Whether strokes belong behind everything else. */
  get marks(): boolean {
    return this.marker
  }

  choose(tool: Tool): void {
    if (tool !== 'marker') this.dropMarker()
    if (tool === 'marker') this.takeMarker()
    else if (tool === 'note') this.api.setActiveTool({ type: 'custom', customType: NOTE })
    else this.api.setActiveTool({ type: tool })
  }

  toggleLock(): void {
    const { activeTool } = this.api.getAppState()
    this.api.updateScene({
      appState: { activeTool: { ...activeTool, locked: !activeTool.locked } } as AppState,
    })
  }

  toggleGrid(): void {
    this.api.updateScene({
      appState: { gridModeEnabled: !this.api.getAppState().gridModeEnabled } as AppState,
    })
  }

  toggleFingers(): void {
    this.api.updateScene({ appState: { penMode: !this.api.getAppState().penMode } as AppState })
  }

  toggleStyles(): void {
    const { openMenu } = this.api.getAppState()
    this.api.updateScene({ appState: { openMenu: openMenu === 'shape' ? null : 'shape' } as AppState })
  }

  zoomIn = (): void => this.zoomTo(this.api.getAppState().zoom.value * ZOOM.step)
  zoomOut = (): void => this.zoomTo(this.api.getAppState().zoom.value / ZOOM.step)
  zoomReset = (): void => this.zoomTo(1)

  /** Around the middle of what is seen. */
  private zoomTo(value: number): void {
    const { width, height, scrollX, scrollY, zoom } = this.api.getAppState()
    const next = Math.min(ZOOM.max, Math.max(ZOOM.min, value))
    const shift = (side: number): number => side / 2 / next - side / 2 / zoom.value
    this.api.updateScene({
      appState: {
        zoom: { value: next },
        scrollX: scrollX + shift(width),
        scrollY: scrollY + shift(height),
      } as unknown as AppState,
    })
  }

  private toolOf(active: AppState['activeTool']): Tool {
    if (active.type === 'custom') return active.customType === NOTE ? 'note' : 'selection'
    if (active.type === 'freedraw' && this.marker) return 'marker'
    return SHOWN.has(active.type) ? (active.type as Tool) : 'selection'
  }

  private takeMarker(): void {
    if (!this.marker) this.pen = inkOf(this.api.getAppState())
    this.marker = true
    this.api.updateScene({ appState: this.marking as AppState })
    this.api.setActiveTool({ type: 'freedraw' })
  }

  /** The pen goes on with its own colour, and the marker will with its. */
  private dropMarker(): void {
    if (!this.marker) return
    this.marker = false
    this.marking = inkOf(this.api.getAppState())
    if (this.pen) this.api.updateScene({ appState: this.pen as AppState })
    this.pen = null
  }
}

function inkOf({ currentItemStrokeColor, currentItemStrokeWidth, currentItemOpacity }: AppState): Ink {
  return { currentItemStrokeColor, currentItemStrokeWidth, currentItemOpacity }
}

function drawsWith(type: string): boolean {
  return !['selection', 'hand', 'eraser', 'laser', 'custom', 'frame', 'image'].includes(type)
}
