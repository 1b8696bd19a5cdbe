// Our own frame around Excalidraw's tools: the same ones at every width, with what is rarer behind one button.
import {
  ArrowUpRight,
  Check,
  Circle,
  Diamond,
  Eraser,
  PencilLine,
  Frame,
  Grid3x3,
  Hand,
  Highlighter,
  Image as Picture,
  Lock,
  Minus,
  MousePointer2,
  Pencil,
  Pointer,
  Shapes,
  Square,
  StickyNote,
  Type,
  type LucideIcon,
} from 'lucide-react'
import { DropdownMenu, Toolbar as Radix } from 'radix-ui'
import type { ReactNode } from 'react'
import { useWords } from '../../../i18n'
import { classNames } from '../../../ui'
import { useStore } from '../../door/use-store'
import type { Tool, Tools } from './tools'
import { toolWords } from './words'

const ICONS = {
  hand: Hand,
  selection: MousePointer2,
  freedraw: Pencil,
  marker: Highlighter,
  eraser: Eraser,
  rectangle: Square,
  diamond: Diamond,
  ellipse: Circle,
  arrow: ArrowUpRight,
  line: Minus,
  text: Type,
  note: StickyNote,
  frame: Frame,
  laser: Pointer,
} satisfies Record<Tool, unknown>

/** Excalidraw's own keys, and two of ours; they work while the board has the focus. */
export const KEYS: Partial<Record<Tool, string>> = {
  hand: 'H',
  selection: 'V',
  freedraw: 'P',
  marker: 'B',
  eraser: 'E',
  rectangle: 'R',
  diamond: 'D',
  ellipse: 'O',
  arrow: 'A',
  line: 'L',
  text: 'T',
  note: 'N',
  frame: 'F',
  laser: 'K',
}

const WIDE: readonly (readonly Tool[])[] = [
  ['selection', 'hand'],
  ['freedraw', 'marker', 'eraser'],
  ['rectangle', 'ellipse', 'arrow', 'text', 'note'],
]
const MIDDLE: typeof WIDE = [
  ['selection'],
  ['freedraw', 'marker', 'eraser'],
  ['rectangle', 'arrow', 'text', 'note'],
]
const NARROW: typeof WIDE = [['selection', 'freedraw', 'text', 'note', 'eraser']]
const REST = {
  wide: ['diamond', 'line', 'frame', 'laser'],
  middle: ['hand', 'ellipse', 'diamond', 'line', 'frame', 'laser'],
  narrow: ['marker', 'hand', 'rectangle', 'ellipse', 'diamond', 'arrow', 'line', 'frame', 'laser'],
} satisfies Record<string, readonly Tool[]>

/** How much of the toolbar fits. */
export type Room = keyof typeof REST

interface ToolbarProps {
  tools: Tools
  room: Room
  /** Opens the choice of a picture; without it there is no button. */
  onPicture?: (() => void) | undefined
}

export function Toolbar({ tools, room, onPicture }: ToolbarProps): ReactNode {
  const t = useWords(toolWords)
  const { tool } = useStore(tools.state)
  const groups = { wide: WIDE, middle: MIDDLE, narrow: NARROW }[room]
  const rest: readonly Tool[] = REST[room]
  return (
    <Radix.Root className="board-tools" aria-label={t.tools} loop>
      <Radix.ToggleGroup
        type="single"
        className="board-tools-in"
        value={tool}
        onValueChange={(value) => value && tools.choose(value as Tool)}
      >
        {groups.map((group, index) => (
          <span key={group[0]} className="board-tools-in">
            {index > 0 ? <span className="sep" /> : null}
            {group.map((one) => {
              const Icon = ICONS[one]
              return (
                <Radix.ToggleItem
                  key={one}
                  value={one}
                  className="tool"
                  aria-label={t[one]}
                  title={KEYS[one] ? `${t[one]} (${KEYS[one]})` : t[one]}
                >
                  <Icon className="i" aria-hidden />
                </Radix.ToggleItem>
              )
            })}
          </span>
        ))}
      </Radix.ToggleGroup>
      {onPicture ? (
        <Radix.Button className="tool" aria-label={t.image} title={t.image} onClick={onPicture}>
          <Picture className="i" aria-hidden />
        </Radix.Button>
      ) : null}
      <Rest tools={tools} rest={rest} />
    </Radix.Root>
  )
}

function Rest({ tools, rest }: { tools: Tools; rest: readonly Tool[] }): ReactNode {
  const t = useWords(toolWords)
  const { tool, locked, grid, pen, fingers } = useStore(tools.state)
  const Held = rest.includes(tool) ? ICONS[tool] : Shapes
  return (
    <DropdownMenu.Root modal={false}>
      <Radix.Button asChild>
        <DropdownMenu.Trigger
          className={classNames('tool', rest.includes(tool) && 'held')}
          aria-label={rest.includes(tool) ? `${t.more}: ${t[tool]}` : t.more}
          title={t.more}
        >
          <Held className="i" aria-hidden />
        </DropdownMenu.Trigger>
      </Radix.Button>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="menu" align="end" sideOffset={8} collisionPadding={12}>
          <DropdownMenu.RadioGroup value={tool} onValueChange={(value) => tools.choose(value as Tool)}>
            {rest.map((one) => {
              const Icon = ICONS[one]
              return (
                <DropdownMenu.RadioItem key={one} value={one} className="menu-item">
                  <Icon className="i" aria-hidden />
                  <span className="grow">{t[one]}</span>
                  <span className="menu-key">{KEYS[one]}</span>
                </DropdownMenu.RadioItem>
              )
            })}
          </DropdownMenu.RadioGroup>
          <DropdownMenu.Separator className="menu-line" />
          <Switch icon={Lock} label={t.locked} on={locked} onToggle={() => tools.toggleLock()} />
          <Switch icon={Grid3x3} label={t.grid} on={grid} onToggle={() => tools.toggleGrid()} />
          {pen ? (
            <Switch icon={PencilLine} label={t.fingers} on={fingers} onToggle={() => tools.toggleFingers()} />
          ) : null}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  )
}

interface SwitchProps {
  icon: LucideIcon
  label: string
  on: boolean
  onToggle: () => void
}

function Switch({ icon: Icon, label, on, onToggle }: SwitchProps): ReactNode {
  return (
    <DropdownMenu.CheckboxItem className="menu-item" checked={on} onCheckedChange={onToggle}>
      <Icon className="i" aria-hidden />
      <span className="grow">{label}</span>
      <DropdownMenu.ItemIndicator>
        <Check className="i" aria-hidden />
      </DropdownMenu.ItemIndicator>
    </DropdownMenu.CheckboxItem>
  )
}
