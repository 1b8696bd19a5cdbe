// The board: Excalidraw on the room's document. Fetched when it is first looked at.
import '@excalidraw/excalidraw/index.css'
import { Excalidraw, exportToBlob, MainMenu } from '@excalidraw/excalidraw'
import type { AppState, ExcalidrawImperativeAPI } from '@excalidraw/excalidraw/types'
import { Eraser, Image as Picture } from 'lucide-react'
import { useCallback, useEffect, useRef, useState, type ReactNode } from 'react'
import { Binding, type Shared } from '../../../board/binding'
import { BoardConnection, type Ticket } from '../../../board/connection'
import { fitPicture } from '../../../board/pictures'
import { browserClock, socketUrl } from '../../../call/browser'
import { useLanguage, useWords } from '../../../i18n'
import { useTheme } from '../../../ui'
import { useStore } from '../../door/use-store'
import type { Visit } from '../../door/visit'
import { boardWords } from '../words'
import './board.css'
import { Cursors } from './cursors'
import { LiveStrokes } from './live-strokes'
import { BoardNotice } from './notice'
import { useRepairedNames } from './repaired-names'
import { changeOf, ExcalidrawScene, type Over } from './scene'
import { restore, wipe, type Wiped } from './wipe'

interface BoardProps {
  visit: Visit
  ticket: Ticket
  mayDraw: boolean
  visible: boolean
}

export default function Board({ visit, ticket, mayDraw, visible }: BoardProps): ReactNode {
  const connection = useConnection(visit, ticket, mayDraw)
  return connection ? <Canvas connection={connection} mayDraw={mayDraw} visible={visible} /> : null
}

function useConnection(visit: Visit, { id, ticket }: Ticket, mayDraw: boolean): BoardConnection | null {
  const [connection, setConnection] = useState<BoardConnection | null>(null)
  const latest = useRef({ id, ticket })
  useEffect(() => {
    const made = new BoardConnection(socketUrl('/api/board'), latest.current)
    const forget = visit.hear((message) => {
      // What the server did not take must not stay here either.
      if (message.type === 'error' && message.code === 'drawing_not_allowed') made.reopen()
    })
    // oxlint-disable-next-line react/set-state-in-effect -- a socket lives as long as this effect
    setConnection(made)
    return () => {
      forget()
      made.close()
    }
  }, [visit])
  useEffect(() => connection?.renew({ id, ticket }), [connection, id, ticket])
  const could = useRef(mayDraw)
  useEffect(() => {
    if (mayDraw && !could.current) connection?.resync()
    could.current = mayDraw
  }, [connection, mayDraw])
  return connection
}

interface CanvasProps {
  connection: BoardConnection
  mayDraw: boolean
  visible: boolean
}

function Canvas({ connection, mayDraw, visible }: CanvasProps): ReactNode {
  const t = useWords(boardWords)
  const language = useLanguage()
  const theme = useTheme()
  const { status, synced, shared } = useStore(connection.state)
  const [api, setApi] = useState<ExcalidrawImperativeAPI | null>(null)
  const [empty, setEmpty] = useState(true)
  const [wiped, setWiped] = useState<Wiped | null>(null)
  const frame = useRef<HTMLDivElement>(null)
  const [drawing, setDrawing] = useState(false)
  const over = useOver(api, frame, setDrawing)
  useRepairedNames(frame, t.menu)
  const binding = useBinding({ api, over, shared, synced, mayDraw })
  useEffect(() => {
    if (visible) api?.refresh()
  }, [api, visible])

  const wipeSeen = useCallback(() => setWiped(null), [])
  const save = useCallback(() => {
    if (api) void saveImage(api, t.fileName)
  }, [api, t.fileName])

  return (
    <div className="canvas" ref={frame} data-theme-board={theme}>
      <Excalidraw
        excalidrawAPI={setApi}
        langCode={language === 'de' ? 'de-DE' : 'en'}
        theme={theme}
        name={t.fileName}
        viewModeEnabled={!mayDraw || !synced}
        detectScroll={false}
        handleKeyboardGlobally={false}
        autoFocus={false}
        aiEnabled={false}
        validateEmbeddable={false}
        initialData={{ appState: { viewBackgroundColor: 'transparent' } }}
        onChange={(elements, state, files) => {
          binding.current?.changed(changeOf(elements, state, files))
          setEmpty(elements.every((element) => element.isDeleted))
        }}
        onPointerUpdate={({ pointer, button }) => binding.current?.pointed(pointer, button)}
        UIOptions={UI}
      >
        <MainMenu>
          <MainMenu.Item icon={<Picture className="i" aria-hidden />} onSelect={save}>
            {t.saveImage}
          </MainMenu.Item>
          {mayDraw ? (
            <MainMenu.Item
              icon={<Eraser className="i" aria-hidden />}
              onSelect={() => api && setWiped(wipe(api))}
            >
              {t.wipe}
            </MainMenu.Item>
          ) : null}
        </MainMenu>
      </Excalidraw>
      <canvas className="live-strokes" aria-hidden />
      <div className="cursors" aria-hidden />
      {synced && empty && !drawing ? (
        <p className="board-empty">{mayDraw ? t.empty : t.emptyViewOnly}</p>
      ) : null}
      <BoardNotice
        status={status}
        synced={synced}
        viewOnly={!mayDraw && !empty}
        wiped={wiped}
        onReopen={() => connection.reopen()}
        onUndo={() => {
          if (api && wiped) restore(api, wiped)
          setWiped(null)
        }}
        onWipeSeen={wipeSeen}
      />
    </div>
  )
}

const UI = {
  canvasActions: {
    changeViewBackgroundColor: false,
    clearCanvas: false,
    export: false,
    loadScene: false,
    saveToActiveFile: false,
    saveAsImage: false,
    toggleTheme: false,
  },
} as const

/** Strokes and cursors of others lie over Excalidraw and follow its viewport. */
function useOver(
  api: ExcalidrawImperativeAPI | null,
  frame: React.RefObject<HTMLDivElement | null>,
  onDrawing: (some: boolean) => void,
): Over | null {
  const [over, setOver] = useState<Over | null>(null)
  useEffect(() => {
    const element = frame.current
    const canvas = element?.querySelector<HTMLCanvasElement>('.live-strokes')
    const box = element?.querySelector<HTMLElement>('.cursors')
    if (!api || !element || !canvas || !box) return undefined
    const viewport = (): AppState => api.getAppState()
    const strokes = new LiveStrokes(canvas, viewport)
    const cursors = new Cursors(box, viewport)
    const redraw = (): void => {
      strokes.redraw()
      cursors.redraw()
    }
    // oxlint-disable-next-line react/set-state-in-effect -- it draws on an element of this very rendering
    setOver({ strokes, cursors, drawn: onDrawing })
    const moved = (x: number, y: number, zoom: { value: number }): void => {
      element.style.setProperty('--board-x', `${x * zoom.value}px`)
      element.style.setProperty('--board-y', `${y * zoom.value}px`)
      element.style.setProperty('--board-zoom', String(Math.max(0.5, zoom.value)))
      redraw()
    }
    const unsubscribe = api.onScrollChange(moved)
    // A drawer that opens moves the board without resizing the window.
    const observer = new ResizeObserver(() => {
      api.refresh()
      redraw()
    })
    observer.observe(element)
    return () => {
      unsubscribe()
      observer.disconnect()
      strokes.close()
      cursors.close()
    }
  }, [api, frame, onDrawing])
  return over
}

interface BindingProps {
  api: ExcalidrawImperativeAPI | null
  over: Over | null
  shared: Shared
  synced: boolean
  mayDraw: boolean
}

/** Binds once Excalidraw has loaded: a binding before that shows a late joiner an empty board. */
function useBinding({ api, over, shared, synced, mayDraw }: BindingProps): React.RefObject<Binding | null> {
  const binding = useRef<Binding | null>(null)
  const could = useRef(mayDraw)
  const [loaded, setLoaded] = useState(false)
  useEffect(() => {
    if (!api || loaded) return undefined
    const timer = setInterval(() => {
      if (api.getAppState().isLoading) return
      clearInterval(timer)
      setLoaded(true)
    }, 20)
    return () => clearInterval(timer)
  }, [api, loaded])

  useEffect(() => {
    if (!api || !over || !loaded) return undefined
    // A new document is the truth: what an older one left in the scene goes.
    if (api.getSceneElementsIncludingDeleted().length > 0) {
      api.updateScene({ elements: [] })
      api.history.clear()
    }
    const made = new Binding(shared, new ExcalidrawScene(api, over), browserClock, fitPicture)
    made.allow(could.current)
    binding.current = made
    return () => {
      made.close()
      if (binding.current === made) binding.current = null
    }
  }, [api, over, loaded, shared])

  useEffect(() => {
    could.current = mayDraw
    binding.current?.allow(mayDraw)
  }, [mayDraw])

  useEffect(() => {
    // Whoever comes late first sees the whole drawing.
    if (api && loaded && synced && api.getSceneElements().length > 0) {
      api.scrollToContent(undefined, { fitToContent: true, animate: false })
    }
  }, [api, loaded, synced])
  return binding
}

async function saveImage(api: ExcalidrawImperativeAPI, name: string): Promise<void> {
  const blob = await exportToBlob({
    elements: api.getSceneElements(),
    files: api.getFiles(),
    appState: { exportBackground: true, viewBackgroundColor: '#ffffff' },
    mimeType: 'image/png',
    exportPadding: 24,
  })
  const link = document.createElement('a')
  link.href = URL.createObjectURL(blob)
  link.download = `${name}.png`
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
}
