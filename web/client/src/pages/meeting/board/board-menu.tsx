// The board's menu: what concerns the whole page or board, and is done seldom.
import {
  Camera,
  Download,
  Eraser,
  Eye,
  Files,
  FileUp,
  FolderOpen,
  History,
  ImagePlus,
  Maximize,
  Menu as Lines,
} from 'lucide-react'
import { DropdownMenu } from 'radix-ui'
import type { ReactNode } from 'react'
import type { Session } from '../../../call/session'
import { useWords } from '../../../i18n'
import { useStore } from '../../door/use-store'
import { boardWords } from '../words'
import { PageEdits } from './page-edits'
import { presenterOf } from './presenter'
import { Keeps, RulesMenu } from './rules-menu'
import type { Studio } from './studio'
import type { Choosers } from './files'
import { exportWords, fileWords, versionWords } from './file-words'
import { followWords, pageWords } from './words'

interface BoardMenuProps {
  studio: Studio
  session: Session
  mayDraw: boolean
  onCleared: () => void
  onPages: () => void
  choosers: Choosers
  onExport: () => void
  onVersions: () => void
}

export function BoardMenu(props: BoardMenuProps): ReactNode {
  const { studio, session, mayDraw, onCleared, onPages, choosers, onExport, onVersions } = props
  const t = useWords(boardWords)
  const f = useWords(followWords)
  const p = useWords(pageWords)
  const w = useWords(fileWords)
  const x = useWords(exportWords)
  const v = useWords(versionWords)
  const meeting = useStore(session.meeting)
  const { leading } = useStore(studio.follow.state)
  const presents = meeting.you !== null && presenterOf(meeting)?.id === meeting.you
  // A host who wants to be followed steps to the front by that.
  const lead = (on: boolean): void => {
    if (on && !presents && meeting.you !== null)
      session.ask({ type: 'make_presenter', participant: meeting.you })
    studio.follow.lead(on)
  }
  const item = (label: string, icon: ReactNode, run: () => void): ReactNode => (
    <DropdownMenu.Item className="menu-item" onSelect={run}>
      {icon}
      {label}
    </DropdownMenu.Item>
  )
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger className="tool lone" aria-label={t.menu} title={t.menu}>
        <Lines className="i" aria-hidden />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="menu tall" align="start" sideOffset={6} collisionPadding={12}>
          {presents || meeting.role === 'host' ? (
            <DropdownMenu.CheckboxItem className="menu-item" checked={leading} onCheckedChange={lead}>
              <Eye className="i" aria-hidden />
              {leading ? f.stopLeading : f.lead}
            </DropdownMenu.CheckboxItem>
          ) : null}
          {mayDraw ? (
            <>
              {item(w.slides, <FileUp className="i" aria-hidden />, choosers.slides)}
              {item(w.picture, <ImagePlus className="i" aria-hidden />, choosers.picture)}
              {matchMedia('(pointer: coarse)').matches
                ? item(w.photo, <Camera className="i" aria-hidden />, choosers.photo)
                : null}
              <DropdownMenu.Separator className="menu-line" />
            </>
          ) : null}
          {item(p.pages, <Files className="i" aria-hidden />, onPages)}
          {item(t.showAll, <Maximize className="i" aria-hidden />, () => studio.showAll())}
          {item(x.open, <Download className="i" aria-hidden />, onExport)}
          {mayDraw ? item(x.import, <FolderOpen className="i" aria-hidden />, choosers.drawing) : null}
          {meeting.role === 'host' ? item(v.open, <History className="i" aria-hidden />, onVersions) : null}
          {meeting.settings && meeting.role === 'host' ? (
            <RulesMenu session={session} settings={meeting.settings} />
          ) : null}
          {mayDraw
            ? item(t.wipe, <Eraser className="i" aria-hidden />, () => {
                if (new PageEdits(studio.desk, p).clear()) onCleared()
              })
            : null}
          {meeting.settings ? <Keeps keeping={meeting.settings.keeping} /> : null}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  )
}
