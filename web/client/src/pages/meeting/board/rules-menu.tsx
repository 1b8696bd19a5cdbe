// The board's rules as part of its menu.
import { Check, MousePointer2 } from 'lucide-react'
import { DropdownMenu } from 'radix-ui'
import type { ReactNode } from 'react'
import type { Session } from '../../../call/session'
import { useWords } from '../../../i18n'
import type { DrawingRight, Keeping, MeetingSettings } from '../../../signalling/protocol'
import { DRAWING, DRAWING_ICONS, ruleWords, useKeepingSentence } from '../../board-rules'

/** Who draws, in one press; for hosts. */
export function RulesMenu({ session, settings }: { session: Session; settings: MeetingSettings }): ReactNode {
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

/** What becomes of the board, for everybody. */
export function Keeps({ keeping }: { keeping: Keeping }): ReactNode {
  return (
    <>
      <DropdownMenu.Separator className="menu-line" />
      <DropdownMenu.Label className="menu-label">{useKeepingSentence(keeping)}</DropdownMenu.Label>
    </>
  )
}
