// What stands around the scene: tools above, history and pages below, and what is told in between.
import { lazy, Suspense, useCallback, useEffect, useState, type ReactNode } from 'react'
import type { BoardConnection } from '../../../board/connection'
import { ServerVersions } from '../../../board/versions'
import type { Session } from '../../../call/session'
import { useWords } from '../../../i18n'
import { Rolling } from '../../../ui'
import { useWatchingSentence } from '../../board-rules'
import { useStore } from '../../door/use-store'
import { boardWords } from '../words'
import { AddPage } from './add-page'
import { Bar } from './bar'
import { BoardMenu } from './board-menu'
import { ExportDialog } from './export-dialog'
import { fileWords, versionWords } from './file-words'
import { DropPlace, useChoosers } from './files'
import { FollowBanner } from './follow-banner'
import { JobNotice } from './job-notice'
import { BoardNotice, type Undoable } from './notice'
import { Outline } from './outline'
import { nameOf } from './page-edits'
import { PageStrip } from './page-strip'
import { presenterOf } from './presenter'
import { SavedMark } from './saved-mark'
import type { Studio } from './studio'
import { Toolbar, type Room } from './toolbar'
import { pageWords } from './words'

const VersionsDialog = lazy(() => import('./versions-dialog'))

interface FramedProps {
  studio: Studio
  connection: BoardConnection
  session: Session
  frame: React.RefObject<HTMLElement | null>
  draws: boolean
  mayDraw: boolean
}

/** What stands around the scene once there is one. */
export function Framed({ studio, connection, session, frame, draws, mayDraw }: FramedProps): ReactNode {
  const t = useWords(boardWords)
  const p = useWords(pageWords)
  const f = useWords(fileWords)
  const v = useWords(versionWords)
  const [versions] = useState(() => new ServerVersions(() => connection.current))
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
  const [dialog, setDialog] = useState<'export' | 'versions' | null>(null)
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
          onExport={() => setDialog('export')}
          onVersions={() => setDialog('versions')}
        />
        {draws ? <Toolbar tools={tools} room={roomOf(width)} onPicture={choosers.picture} /> : null}
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
            nearlyFull={nearlyFull.get(page) ?? null}
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
            add={<AddPage studio={studio} choosers={choosers} />}
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
      {dialog === 'versions' ? (
        <Suspense fallback={<Rolling>{v.fetching}</Rolling>}>
          <VersionsDialog
            studio={studio}
            versions={versions}
            onClose={() => setDialog(null)}
            onRestored={() => offer(v.restored)}
          />
        </Suspense>
      ) : null}
      {dialog === 'export' ? <ExportDialog studio={studio} onClose={() => setDialog(null)} /> : null}
      {current ? (
        <Outline page={nameOf(current, pages, p)} read={studio.elements} subscribe={studio.onChanged} />
      ) : null}
    </>
  )
}

/** As wide as all tools beside the menu, and as the usual ones; fingers need more room than these have. */
const WIDTHS = { wide: 560, middle: 490 } as const
/** Below this Excalidraw hides colours and lines (its own number). */
const EXCALIDRAW_NARROW = 730

function roomOf(width: number): Room {
  if (matchMedia('(pointer: coarse)').matches && width < 640) return 'narrow'
  return width >= WIDTHS.wide ? 'wide' : width >= WIDTHS.middle ? 'middle' : 'narrow'
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
