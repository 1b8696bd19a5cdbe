// Earlier states of the board: looked at first, then brought back. For hosts; fetched when it is first opened.
import { BookmarkPlus } from 'lucide-react'
import { useCallback, useEffect, useRef, useState, type ReactNode } from 'react'
import type * as Y from 'yjs'
import { mapOf, PAGES } from '../../../board/document'
import { pagesOf, type Page } from '../../../board/pages'
import { differences, DiskFull, VersionDamaged, type Version, type Versions } from '../../../board/versions'
import { useLanguage, useWords } from '../../../i18n'
import { Button, classNames, Dialog, Notice, Rolling } from '../../../ui'
import { nameOf } from './page-edits'
import type { Studio } from './studio'
import { drawnOn, shapes } from './thumbs'
import { versionWords } from './file-words'
import { pageWords } from './words'

interface VersionsProps {
  studio: Studio
  versions: Versions
  onRestored: () => void
  onClose: () => void
}

type Fault = 'damaged' | 'disk_full' | 'failed'

function faultOf(error: unknown): Fault {
  if (error instanceof VersionDamaged) return 'damaged'
  return error instanceof DiskFull ? 'disk_full' : 'failed'
}

/** Pages of an earlier state that are shown small. */
const SHOWN = 6

export default function VersionsDialog({ studio, versions, onRestored, onClose }: VersionsProps): ReactNode {
  const t = useWords(versionWords)
  const [list, setList] = useState<readonly Version[] | null>(null)
  const [chosen, setChosen] = useState<Version | null>(null)
  const [past, setPast] = useState<Y.Doc | null>(null)
  const [fault, setFault] = useState<Fault | null>(null)
  const [busy, setBusy] = useState(false)
  const tried = useCallback(
    (work: () => Promise<void>) =>
      work().then(
        () => setFault(null),
        (error: unknown) => setFault(faultOf(error)),
      ),
    [],
  )
  useEffect(() => {
    void tried(async () => setList(await versions.list()))
  }, [versions, tried])

  const look = (version: Version): void => {
    setChosen(version)
    setPast(null)
    void tried(async () => setPast(await versions.read(version.id)))
  }
  const keep = (): void => {
    setBusy(true)
    void tried(async () => {
      await versions.make('by_hand')
      setList(await versions.list())
    }).finally(() => setBusy(false))
  }
  const restore = (): void => {
    if (!past) return
    setBusy(true)
    void tried(async () => {
      await versions.make('before_restoring')
      studio.desk.step(differences(studio.desk.doc, past))
      onClose()
      onRestored()
    }).finally(() => setBusy(false))
  }
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={t.title}
      description={t.lead}
      actions={
        <>
          <Button look="quiet" onClick={onClose}>
            {t.close}
          </Button>
          <Button look="primary" disabled={!past} busy={busy && past ? t.restoring : false} onClick={restore}>
            {t.restore}
          </Button>
        </>
      }
    >
      {fault ? (
        <Notice look="bad" role="alert">
          {t[fault]}
        </Notice>
      ) : null}
      <div className="versions">
        <div className="stack">
          <Button look="tonal" busy={busy && !past ? t.keeping : false} onClick={keep}>
            <BookmarkPlus className="i" aria-hidden />
            {t.keep}
          </Button>
          <List list={list} chosen={chosen} failed={fault !== null} onLook={look} />
        </div>
        <div className="past">
          {past ? (
            <Past doc={past} studio={studio} />
          ) : chosen && !fault ? (
            <Rolling>{t.fetching}</Rolling>
          ) : (
            <p className="muted">{t.choose}</p>
          )}
        </div>
      </div>
    </Dialog>
  )
}

interface ListProps {
  list: readonly Version[] | null
  chosen: Version | null
  failed: boolean
  onLook: (version: Version) => void
}

function List({ list, chosen, failed, onLook }: ListProps): ReactNode {
  const t = useWords(versionWords)
  const language = useLanguage()
  const time = new Intl.DateTimeFormat(language, {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
  })
  if (!list) return failed ? null : <Rolling>{t.fetching}</Rolling>
  if (list.length === 0) return <p className="muted">{t.none}</p>
  return (
    <ul className="version-list">
      {list.map((version) => (
        <li key={version.id}>
          <button
            type="button"
            className={classNames('version', version.id === chosen?.id && 'chosen')}
            aria-pressed={version.id === chosen?.id}
            onClick={() => onLook(version)}
          >
            <b>{time.format(version.made_at * 1000)}</b>
            <span className="small">{t.reasons[version.reason]}</span>
          </button>
        </li>
      ))}
    </ul>
  )
}

function Past({ doc, studio }: { doc: Y.Doc; studio: Studio }): ReactNode {
  const t = useWords(versionWords)
  const p = useWords(pageWords)
  const pages = pagesOf(mapOf(doc, PAGES).entries())
  return (
    <>
      <ul className="templates">
        {pages.slice(0, SHOWN).map((page) => (
          <li key={page.id}>
            <Small doc={doc} page={page} studio={studio} />
            <span className="small">{nameOf(page, pages, p)}</span>
          </li>
        ))}
      </ul>
      {pages.length > SHOWN ? (
        <p className="small muted">{t.morePages(String(pages.length - SHOWN))}</p>
      ) : null}
    </>
  )
}

function Small({ doc, page, studio }: { doc: Y.Doc; page: Page; studio: Studio }): ReactNode {
  const canvas = useRef<HTMLCanvasElement>(null)
  useEffect(() => {
    let gone = false
    const draw = async (): Promise<void> => {
      const elements = drawnOn(doc, page)
      const slide = page.slide ? await studio.slides.whole(page.slide, 288).catch(() => null) : null
      const picture = elements.length > 0 ? await shapes(elements, page, studio.api.getFiles(), false) : null
      const context = canvas.current?.getContext('2d')
      if (gone || !context) return
      for (const image of [slide, picture]) {
        if (!image) continue
        const scale = Math.min(288 / image.width, 180 / image.height)
        const [w, h] = [image.width * scale, image.height * scale]
        context.drawImage(image, (288 - w) / 2, (180 - h) / 2, w, h)
      }
    }
    draw().catch(() => undefined)
    return () => {
      gone = true
    }
  }, [doc, page, studio])
  return <canvas ref={canvas} className="thumb white" width={288} height={180} aria-hidden />
}
