// The row at the board's foot: undo and redo, the zoom, colours where there is no room for them beside the board, and
// the pages. It is there at every width.
import { ChevronLeft, ChevronRight, Palette, Redo2, Undo2, ZoomIn, ZoomOut } from 'lucide-react'
import type { ReactNode } from 'react'
import type { Desk } from '../../../board/desk'
import { useWords } from '../../../i18n'
import { useStore } from '../../door/use-store'
import type { Tools } from './tools'
import { pageWords, toolWords } from './words'

interface BarProps {
  desk: Desk
  tools: Tools
  mayDraw: boolean
  /** Colours and lines hide behind a button. */
  compact: boolean
  strip: boolean
  onStrip: () => void
  /** The saved mark. */
  children?: ReactNode
}

export function Bar({ desk, tools, mayDraw, compact, strip, onStrip, children }: BarProps): ReactNode {
  const t = useWords(toolWords)
  const { undo, redo } = useStore(desk.ledger.steps)
  const { zoom, stylable, styling } = useStore(tools.state)
  return (
    <div className="bar">
      {mayDraw ? (
        <div className="grp">
          <BarButton label={t.undo} disabled={!undo} onClick={() => desk.undo()}>
            <Undo2 className="i" aria-hidden />
          </BarButton>
          <BarButton label={t.redo} disabled={!redo} onClick={() => desk.redo()}>
            <Redo2 className="i" aria-hidden />
          </BarButton>
        </div>
      ) : null}
      {mayDraw && compact ? (
        <div className="grp">
          <BarButton
            label={t.styles}
            pressed={styling}
            disabled={!stylable}
            onClick={() => tools.toggleStyles()}
          >
            <Palette className="i" aria-hidden />
          </BarButton>
        </div>
      ) : null}
      <div className="grp zooms">
        <BarButton label={t.zoomOut} onClick={tools.zoomOut}>
          <ZoomOut className="i" aria-hidden />
        </BarButton>
        <button type="button" className="tool wide" title={t.zoomReset} onClick={tools.zoomReset}>
          <span className="sr">{t.zoomReset}. </span>
          {t.percent(String(zoom))}
        </button>
        <BarButton label={t.zoomIn} onClick={tools.zoomIn}>
          <ZoomIn className="i" aria-hidden />
        </BarButton>
      </div>
      <span className="grow" />
      {children}
      <Pages desk={desk} strip={strip} onStrip={onStrip} />
    </div>
  )
}

function Pages({ desk, strip, onStrip }: Pick<BarProps, 'desk' | 'strip' | 'onStrip'>): ReactNode {
  const t = useWords(pageWords)
  const pages = useStore(desk.pages)
  const page = useStore(desk.page)
  const at = Math.max(
    0,
    pages.findIndex(({ id }) => id === page),
  )
  const go = (to: number): void => desk.go(pages[to]?.id ?? page)
  return (
    <div className="grp" role="group" aria-label={t.pages}>
      <BarButton label={t.previous} disabled={at === 0} onClick={() => go(at - 1)}>
        <ChevronLeft className="i" aria-hidden />
      </BarButton>
      <button
        type="button"
        className="tool wide"
        aria-expanded={strip}
        title={strip ? t.close : t.open}
        onClick={onStrip}
      >
        <span className="long">{t.of(String(at + 1), String(pages.length))}</span>
        <span className="short" aria-hidden>
          {at + 1} / {pages.length}
        </span>
        <span className="sr short">{t.of(String(at + 1), String(pages.length))}</span>
      </button>
      <BarButton label={t.next} disabled={at + 1 >= pages.length} onClick={() => go(at + 1)}>
        <ChevronRight className="i" aria-hidden />
      </BarButton>
    </div>
  )
}

function BarButton(props: {
  label: string
  disabled?: boolean
  pressed?: boolean
  onClick: () => void
  children: ReactNode
}): ReactNode {
  const { label, disabled, pressed, onClick, children } = props
  return (
    <button
      type="button"
      className="tool"
      aria-label={label}
      title={label}
      // The focus stays where it is when there is nothing more to undo.
      aria-disabled={disabled}
      aria-pressed={pressed}
      onClick={disabled ? undefined : onClick}
    >
      {children}
    </button>
  )
}
