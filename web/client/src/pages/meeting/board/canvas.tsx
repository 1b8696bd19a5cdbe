// Excalidraw in our frame: tools above, history and pages below, and over it what others do.
import '@excalidraw/excalidraw/index.css'
import { Excalidraw, MainMenu } from '@excalidraw/excalidraw'
import type { ExcalidrawImperativeAPI } from '@excalidraw/excalidraw/types'
import { useCallback, useEffect, useRef, useState, type ReactNode } from 'react'
import type { BoardConnection } from '../../../board/connection'
import type { Desk } from '../../../board/desk'
import type { Page } from '../../../board/pages'
import type { Uploads } from '../../../board/uploads'
import type { Session } from '../../../call/session'
import { useLanguage, useWords } from '../../../i18n'
import { currentTheme, Rolling, useTheme } from '../../../ui'
import { useStore } from '../../door/use-store'
import { useWatchingSentence } from '../../board-rules'
import { boardWords } from '../words'
import { Bar } from './bar'
import { BoardMenu } from './board-menu'
import { DropPlace, useChoosers } from './files'
import { FollowBanner } from './follow-banner'
import { JobNotice } from './job-notice'
import { BoardNotice, type Undoable } from './notice'
import { Outline } from './outline'
import { nameOf } from './page-edits'
import { presenterOf } from './presenter'
import { PageStrip } from './page-strip'
import { Paper } from './paper'
import { useRepairedNames } from './repaired-names'
import { boardKeys, Studio } from './studio'
import { SavedMark } from './saved-mark'
import { Toolbar } from './toolbar'
import { FIRST_LOOK } from './tools'
import { fileWords, pageWords } from './words'

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

interface FramedProps {
  studio: Studio
  connection: BoardConnection
  session: Session
  frame: React.RefObject<HTMLElement | null>
  draws: boolean
  mayDraw: boolean
}

/** What stands around the scene once there is one. */
function Framed({ studio, connection, session, frame, draws, mayDraw }: FramedProps): ReactNode {
  const t = useWords(boardWords)
  const p = useWords(pageWords)
  const f = useWords(fileWords)
  const { desk, tools } = studio
  const { status, synced, nearlyFull, damaged } = useStore(connection.state)
  const { empty, drawing, slide } = useStore(studio.state)
  const { styling } = useStore(tools.state)
  const { state: jobs } = studio.jobs
  const busy = useStore(jobs) !== null
  const [choosers, inputs] = useChoosers(studio)
  const pages = useStore(desk.pages)
  const page = useStore(desk.page)
  const meeting = useStore(session.meeting)
  const watching = useWatchingSentence(meeting.settings?.drawing)
  const presenter = presenterOf(meeting)?.id ?? null
  useEffect(() => desk.follow(presenter === meeting.you ? null : presenter), [desk, presenter, meeting.you])
  useEffect(() => {
    if (presenter !== meeting.you) studio.follow.lead(false)
  }, [studio, presenter, meeting.you])
  const [strip, setStrip] = useState(false)
  const [undoable, setUndoable] = useState<Undoable | null>(null)
  const width = useWidth(frame)
  const seen = useCallback(() => setUndoable(null), [])
  const current = pages.find(({ id }) => id === page)
  const offer = (sentence: string): void => setUndoable({ sentence })
  return (
    <>
      <div className="top-row">
        <BoardMenu
          studio={studio}
          session={session}
          mayDraw={draws}
          onCleared={() => offer(t.wiped)}
          onPages={() => setStrip(true)}
          choosers={choosers}
        />
        {draws ? <Toolbar tools={tools} narrow={width < NARROW} onPicture={choosers.picture} /> : null}
      </div>
      <FollowBanner studio={studio} session={session} />
      {synced && empty && !drawing && !current?.slide ? (
        <p className="board-empty">{mayDraw ? t.empty : t.emptyViewOnly(watching)}</p>
      ) : null}
      {slide === 'loading' || slide === 'failed' ? (
        <div className="board-note">
          <Rolling>{slide === 'loading' ? f.slideLoading : f.slideFailed}</Rolling>
        </div>
      ) : null}
      {draws ? <DropPlace studio={studio} frame={frame} /> : null}
      {inputs}
      <div className="foot-rows">
        <JobNotice jobs={studio.jobs} />
        {busy ? null : (
          <BoardNotice
            status={status}
            synced={synced}
            watching={!mayDraw && !empty ? watching : null}
            undoable={undoable}
            nearlyFull={nearlyFull?.page === page ? nearlyFull : null}
            damaged={damaged}
            onReopen={() => connection.reopen()}
            onUndo={() => {
              desk.undo()
              setUndoable(null)
            }}
            onSeen={seen}
          />
        )}
        {strip && !styling ? (
          <PageStrip
            desk={desk}
            thumbs={studio.thumbs}
            mayDraw={draws}
            onRemoved={(name) => offer(p.removed(name))}
            onClose={() => setStrip(false)}
          />
        ) : null}
        <Bar
          desk={desk}
          tools={tools}
          mayDraw={draws}
          compact={width < EXCALIDRAW_NARROW}
          strip={strip && !styling}
          onStrip={() => {
            if (styling) tools.toggleStyles()
            setStrip(styling || !strip)
          }}
        >
          <SavedMark desk={desk} state={connection.state} />
        </Bar>
      </div>
      {current ? (
        <Outline page={nameOf(current, pages, p)} read={studio.elements} subscribe={studio.onChanged} />
      ) : null}
    </>
  )
}

/** Below this our toolbar shows seven tools and hides the rest behind one. */
const NARROW = 560
/** Below this Excalidraw hides colours and lines (its own number). */
const EXCALIDRAW_NARROW = 730
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

function useWidth(frame: React.RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(() => frame.current?.clientWidth ?? 0)
  useEffect(() => {
    const element = frame.current
    if (!element) return undefined
    const observer = new ResizeObserver(() => setWidth(element.clientWidth))
    observer.observe(element)
    return () => observer.disconnect()
  }, [frame])
  return width
}
