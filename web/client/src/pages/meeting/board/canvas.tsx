// Excalidraw on the room's document, and the layers over and under it.
import '@excalidraw/excalidraw/index.css'
import { Excalidraw, MainMenu } from '@excalidraw/excalidraw'
import type { ExcalidrawImperativeAPI } from '@excalidraw/excalidraw/types'
import { useEffect, useRef, useState, type ReactNode } from 'react'
import type { BoardConnection } from '../../../board/connection'
import type { Desk } from '../../../board/desk'
import type { Page } from '../../../board/pages'
import type { Uploads } from '../../../board/uploads'
import type { Session } from '../../../call/session'
import { useLanguage, useWords } from '../../../i18n'
import { currentTheme, useTheme } from '../../../ui'
import { useStore } from '../../door/use-store'
import { pasted } from '../board-pictures/foreign'
import { boardWords } from '../words'
import { Framed } from './framed'
import { Paper } from './paper'
import { useRepairedNames } from './repaired-names'
import { boardKeys, Studio } from './studio'
import { FIRST_LOOK } from './tools'

interface CanvasProps {
  connection: BoardConnection
  desk: Desk
  uploads: Uploads
  session: Session
  mayDraw: boolean
  visible: boolean
}

export function Canvas({ connection, desk, uploads, session, mayDraw, visible }: CanvasProps): ReactNode {
  const t = useWords(boardWords)
  const language = useLanguage()
  // Slides are white, and ink that was inverted for the dark could not be read on them.
  const page = useCurrentPage(desk)
  const slide = Boolean(page?.slide)
  const shown = useTheme()
  const theme = slide ? 'light' : shown
  const { synced } = useStore(connection.state)
  const [api, setApi] = useState<ExcalidrawImperativeAPI | null>(null)
  const frame = useRef<HTMLDivElement>(null)
  const studio = useStudio(api, frame, desk, uploads)
  useRepairedNames(frame, t.menu)
  const draws = mayDraw && synced
  useEffect(() => {
    if (visible) api?.refresh()
  }, [api, visible])
  useEffect(() => {
    if (synced) studio?.firstLook.open()
  }, [studio, synced])
  useEffect(() => {
    const element = frame.current
    if (!studio || !element) return undefined
    const keys = (event: KeyboardEvent): void => boardKeys(studio, event, draws)
    element.addEventListener('keydown', keys, true)
    return () => element.removeEventListener('keydown', keys, true)
  }, [studio, draws])

  return (
    <div className="canvas" ref={frame} data-theme-board={theme}>
      <Paper slide={slide} paper={page?.paper ?? 'dotted'} />
      <canvas className="slide" aria-hidden />
      <Excalidraw
        excalidrawAPI={setApi}
        langCode={language === 'de' ? 'de-DE' : 'en'}
        theme={theme}
        name={t.fileName}
        viewModeEnabled={!draws}
        detectScroll={false}
        handleKeyboardGlobally={false}
        autoFocus={false}
        aiEnabled={false}
        validateEmbeddable={false}
        initialData={FIRST}
        onChange={(elements, state) => studio?.changed(elements, state)}
        onPaste={(data) => (studio ? pasted(studio, data) : false)}
        onPointerUpdate={({ pointer, button }) => desk.pointed(pointer, button, pointer.tool)}
        UIOptions={UI}
      >
        {/* Ours is beside it; without this one Excalidraw brings its own. */}
        <MainMenu>{null}</MainMenu>
      </Excalidraw>
      <canvas className="live-strokes" aria-hidden />
      <div className="cursors" aria-hidden />
      {studio ? (
        <Framed
          studio={studio}
          connection={connection}
          session={session}
          frame={frame}
          draws={draws}
          mayDraw={mayDraw}
        />
      ) : null}
    </div>
  )
}

const FIRST = { appState: FIRST_LOOK } as const
const UI = {
  // Its pictures would go into the document; ours are uploaded.
  tools: { image: false },
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

function useStudio(
  api: ExcalidrawImperativeAPI | null,
  frame: React.RefObject<HTMLDivElement | null>,
  desk: Desk,
  uploads: Uploads,
): Studio | null {
  const [studio, setStudio] = useState<Studio | null>(null)
  useEffect(() => {
    const element = frame.current
    if (!api || !element) return undefined
    let made: Studio | null = null
    const timer = setInterval(() => {
      if (api.getAppState().isLoading) return
      clearInterval(timer)
      made = new Studio(api, desk, uploads, element, () => currentTheme() === 'dark')
      setStudio(made)
    }, 20)
    return () => {
      clearInterval(timer)
      made?.close()
      setStudio(null)
    }
  }, [api, frame, desk, uploads])
  return studio
}

function useCurrentPage(desk: Desk): Page | undefined {
  const pages = useStore(desk.pages)
  const page = useStore(desk.page)
  return pages.find(({ id }) => id === page)
}
