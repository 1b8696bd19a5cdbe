// The board's menu: what concerns the whole page or board, and is done seldom.
import {
  Camera,
  Check,
  Eraser,
  Eye,
  Files,
  Image as Picture,
  ImagePlus,
  Maximize,
  Menu as Lines,
  MousePointer2,
  Presentation,
} from 'lucide-react'
import { DropdownMenu } from 'radix-ui'
import type { ReactNode } from 'react'
import type { Session } from '../../../call/session'
import { useWords } from '../../../i18n'
import type { DrawingRight, Keeping, MeetingSettings } from '../../../signalling/protocol'
import { DRAWING, DRAWING_ICONS, ruleWords, useKeepingSentence } from '../../board-rules'
import { useStore } from '../../door/use-store'
import { boardWords } from '../words'
import { PageEdits } from './page-edits'
import { presenterOf } from './presenter'
import { savePicture } from './save-picture'
import type { Studio } from './studio'
import type { Choosers } from './files'
import { fileWords, followWords, pageWords } from './words'

interface BoardMenuProps {
  studio: Studio
  session: Session
  mayDraw: boolean
  onCleared: () => void
  onPages: () => void
  choosers: Choosers
}

export function BoardMenu({
  studio,
  session,
  mayDraw,
  onCleared,
  onPages,
  choosers,
}: BoardMenuProps): ReactNode {
  const t = useWords(boardWords)
  const f = useWords(followWords)
  const p = useWords(pageWords)
  const w = useWords(fileWords)
  const meeting = useStore(session.meeting)
  const { leading } = useStore(studio.follow.state)
  const presents = meeting.you !== null && presenterOf(meeting)?.id === meeting.you
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
          {presents ? (
            <DropdownMenu.CheckboxItem
              className="menu-item"
              checked={leading}
              onCheckedChange={(on) => studio.follow.lead(on)}
            >
              <Eye className="i" aria-hidden />
              {leading ? f.stopLeading : f.lead}
            </DropdownMenu.CheckboxItem>
          ) : null}
          {mayDraw ? (
            <>
              {item(w.slides, <Presentation className="i" aria-hidden />, choosers.slides)}
              {item(w.picture, <ImagePlus className="i" aria-hidden />, choosers.picture)}
              {matchMedia('(pointer: coarse)').matches
                ? item(w.photo, <Camera className="i" aria-hidden />, choosers.photo)
                : null}
              <DropdownMenu.Separator className="menu-line" />
            </>
          ) : null}
          {item(p.pages, <Files className="i" aria-hidden />, onPages)}
          {item(t.showAll, <Maximize className="i" aria-hidden />, () => studio.showAll())}
          {item(
            t.saveImage,
            <Picture className="i" aria-hidden />,
            () => void savePicture(studio.api, t.fileName),
          )}
          {meeting.settings && meeting.role === 'host' ? (
            <Rules session={session} settings={meeting.settings} />
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

/** Who draws, in one press; for hosts. */
function Rules({ session, settings }: { session: Session; settings: MeetingSettings }): ReactNode {
  const t = useWords(ruleWords)
  return (
    <>
      <DropdownMenu.Separator className="menu-line" />
      <DropdownMenu.RadioGroup
        aria-label={t.drawing}
        value={settings.drawing}
        onValueChange={(drawing) => session.configure({ drawing: drawing as DrawingRight })}
      >
        {DRAWING.map((mode) => {
          const Icon = DRAWING_ICONS[mode]
          return (
            <DropdownMenu.RadioItem key={mode} value={mode} className="menu-item">
              <Icon className="i" aria-hidden />
              <span className="grow">{t[mode][0]}</span>
              <Checked />
            </DropdownMenu.RadioItem>
          )
        })}
      </DropdownMenu.RadioGroup>
      <DropdownMenu.CheckboxItem
        className="menu-item"
        checked={settings.cursors}
        onCheckedChange={(cursors) => session.configure({ cursors })}
      >
        <MousePointer2 className="i" aria-hidden />
        <span className="grow">{t.cursors}</span>
        <Checked />
      </DropdownMenu.CheckboxItem>
      <DropdownMenu.Separator className="menu-line" />
    </>
  )
}

function Checked(): ReactNode {
  return (
    <DropdownMenu.ItemIndicator>
      <Check className="i" aria-hidden />
    </DropdownMenu.ItemIndicator>
  )
}

function Keeps({ keeping }: { keeping: Keeping }): ReactNode {
  return (
    <>
      <DropdownMenu.Separator className="menu-line" />
      <DropdownMenu.Label className="menu-label">{useKeepingSentence(keeping)}</DropdownMenu.Label>
    </>
  )
}
