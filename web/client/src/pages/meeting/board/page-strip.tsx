// All pages in a row, small: look at one, add, name, order, double and delete them.
import { Copy, Ellipsis, MoveLeft, MoveRight, Pencil, Trash2, X } from 'lucide-react'
import { DropdownMenu } from 'radix-ui'
import { useEffect, useRef, useState, type KeyboardEvent, type ReactNode } from 'react'
import type { Desk } from '../../../board/desk'
import { PAPERS, type Page, type Paper } from '../../../board/pages'
import { useWords } from '../../../i18n'
import { Button, classNames, Dialog, Field } from '../../../ui'
import { useStore } from '../../door/use-store'
import { nameOf, PageEdits } from './page-edits'
import type { Thumbs } from './thumbs'
import { pageWords } from './words'

interface StripProps {
  desk: Desk
  thumbs: Thumbs
  mayDraw: boolean
  /** The button at the end of the row. */
  add: ReactNode
  onRemoved: (name: string) => void
  onClose: () => void
}

export function PageStrip({ desk, thumbs, mayDraw, add, onRemoved, onClose }: StripProps): ReactNode {
  const t = useWords(pageWords)
  const pages = useStore(desk.pages)
  const current = useStore(desk.page)
  const edits = new PageEdits(desk, t)
  const [naming, setNaming] = useState<Page | null>(null)
  const [dragged, setDragged] = useState<string | null>(null)
  const [said, setSaid] = useState('')
  const list = useRef<HTMLOListElement>(null)
  useEffect(() => {
    list.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
    // oxlint-disable-next-line react/exhaustive-deps -- another page is another mark
  }, [current, pages.length])

  const move = (page: Page, to: number): void => {
    if (to < 0 || to >= pages.length) return
    edits.move(page, to)
    setSaid(t.movedTo(nameOf(page, pages, t), String(to + 1), String(pages.length)))
  }
  const keys = (event: KeyboardEvent, page: Page, at: number): void => {
    if (!event.altKey || !mayDraw || (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight')) return
    event.preventDefault()
    move(page, at + (event.key === 'ArrowLeft' ? -1 : 1))
  }
  return (
    <div className="strip" role="group" aria-label={t.pages}>
      <ol ref={list}>
        {pages.map((page, at) => {
          const name = nameOf(page, pages, t)
          return (
            // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- the keyboard moves pages by Alt and an arrow, and by the menu
            <li
              key={page.id}
              className={classNames('card-page', dragged === page.id && 'dragged')}
              draggable={mayDraw}
              onDragStart={(event) => {
                event.dataTransfer.effectAllowed = 'move'
                event.dataTransfer.setData('text/plain', name)
                setDragged(page.id)
              }}
              onDragEnd={() => setDragged(null)}
              onDragOver={(event) => dragged !== null && event.preventDefault()}
              onDrop={(event) => {
                if (dragged === null) return
                event.preventDefault()
                event.stopPropagation()
                const what = pages.find(({ id }) => id === dragged)
                if (what) move(what, at)
                setDragged(null)
              }}
            >
              <button
                type="button"
                className="go-page"
                aria-current={page.id === current ? 'page' : undefined}
                title={mayDraw ? t.keys : undefined}
                onClick={() => desk.go(page.id)}
                onKeyDown={(event) => keys(event, page, at)}
              >
                <Thumb page={page} thumbs={thumbs} desk={desk} />
                <span className="page-name">{name}</span>
              </button>
              {mayDraw ? (
                <PageMenu
                  page={page}
                  name={name}
                  at={at}
                  count={pages.length}
                  edits={edits}
                  onMove={(to) => move(page, to)}
                  onName={() => setNaming(page)}
                  onRemoved={onRemoved}
                />
              ) : null}
            </li>
          )
        })}
        {mayDraw ? <li className="card-page">{add}</li> : null}
      </ol>
      <Button look="quiet" size="sm" square aria-label={t.close} title={t.close} onClick={onClose}>
        <X className="i" aria-hidden />
      </Button>
      <span className="sr" role="status">
        {said}
      </span>
      {naming ? <NameDialog page={naming} edits={edits} onClose={() => setNaming(null)} /> : null}
    </div>
  )
}

function Thumb({ page, thumbs, desk }: { page: Page; thumbs: Thumbs; desk: Desk }): ReactNode {
  const canvas = useRef<HTMLCanvasElement>(null)
  const { doc } = desk
  useEffect(() => {
    const element = canvas.current
    return element ? thumbs.watch(element, page) : undefined
    // oxlint-disable-next-line react/exhaustive-deps -- another document needs another watch
  }, [thumbs, page, doc])
  return <canvas ref={canvas} className={`thumb paper-${page.paper}`} width={288} height={180} aria-hidden />
}

interface PageMenuProps {
  page: Page
  name: string
  at: number
  count: number
  edits: PageEdits
  onMove: (to: number) => void
  onName: () => void
  onRemoved: (name: string) => void
}

function PageMenu({ page, name, at, count, edits, onMove, onName, onRemoved }: PageMenuProps): ReactNode {
  const t = useWords(pageWords)
  const item = (label: string, icon: ReactNode, run: () => void, off = false): ReactNode => (
    <DropdownMenu.Item className="menu-item" disabled={off} onSelect={run}>
      {icon}
      {label}
    </DropdownMenu.Item>
  )
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger className="page-more" aria-label={t.options(name)} title={t.options(name)}>
        <Ellipsis className="i" aria-hidden />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="menu" align="start" side="top" sideOffset={6} collisionPadding={12}>
          {item(t.rename, <Pencil className="i" aria-hidden />, onName)}
          {item(t.earlier, <MoveLeft className="i" aria-hidden />, () => onMove(at - 1), at === 0)}
          {item(t.later, <MoveRight className="i" aria-hidden />, () => onMove(at + 1), at + 1 >= count)}
          {item(t.duplicate, <Copy className="i" aria-hidden />, () => edits.duplicate(page))}
          {page.slide ? null : (
            <>
              <DropdownMenu.Separator className="menu-line" />
              <DropdownMenu.Label className="menu-label">{t.paper}</DropdownMenu.Label>
              <DropdownMenu.RadioGroup
                className="papers"
                value={page.paper}
                onValueChange={(paper) => edits.paper(page, paper as Paper)}
              >
                {PAPERS.map((paper) => (
                  <DropdownMenu.RadioItem
                    key={paper}
                    value={paper}
                    className={`paper-swatch paper-${paper}`}
                    aria-label={t.papers[paper]}
                    title={t.papers[paper]}
                  />
                ))}
              </DropdownMenu.RadioGroup>
            </>
          )}
          <DropdownMenu.Separator className="menu-line" />
          <DropdownMenu.Item
            className="menu-item bad"
            disabled={count < 2}
            onSelect={() => {
              edits.remove(page)
              onRemoved(name)
            }}
          >
            <Trash2 className="i" aria-hidden />
            {t.remove}
          </DropdownMenu.Item>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  )
}

function NameDialog({
  page,
  edits,
  onClose,
}: {
  page: Page
  edits: PageEdits
  onClose: () => void
}): ReactNode {
  const t = useWords(pageWords)
  const [name, setName] = useState(page.name)
  const save = (): void => {
    edits.rename(page, name)
    onClose()
  }
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={t.rename}
      actions={
        <>
          <Button look="quiet" onClick={onClose}>
            {t.cancel}
          </Button>
          <Button look="primary" onClick={save}>
            {t.save}
          </Button>
        </>
      }
    >
      <Field
        label={t.name}
        hint={t.nameHint}
        value={name}
        maxLength={64}
        autoComplete="off"
        onChange={(event) => setName(event.target.value)}
        onKeyDown={(event) => event.key === 'Enter' && save()}
      />
    </Dialog>
  )
}
