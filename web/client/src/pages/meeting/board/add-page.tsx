// A new page: blank, from a template, or slides.
import { FileText, FileUp, LayoutTemplate, Plus } from 'lucide-react'
import { DropdownMenu } from 'radix-ui'
import { lazy, Suspense, useState, type ReactNode } from 'react'
import { useWords } from '../../../i18n'
import { Rolling } from '../../../ui'
import type { Choosers } from './files'
import { PageEdits } from './page-edits'
import type { Studio } from './studio'
import { fileWords } from './file-words'
import { pageWords } from './words'

const TemplateChooser = lazy(() => import('../board-templates/chooser'))

export function AddPage({ studio, choosers }: { studio: Studio; choosers: Choosers }): ReactNode {
  const t = useWords(pageWords)
  const f = useWords(fileWords)
  const [choosing, setChoosing] = useState(false)
  const edits = new PageEdits(studio.desk, t)
  return (
    <>
      <DropdownMenu.Root modal={false}>
        <DropdownMenu.Trigger className="add-page">
          <Plus className="i" aria-hidden />
          {t.add}
        </DropdownMenu.Trigger>
        <DropdownMenu.Portal>
          <DropdownMenu.Content className="menu" side="top" align="end" sideOffset={6} collisionPadding={12}>
            <DropdownMenu.Item className="menu-item" onSelect={() => edits.add()}>
              <FileText className="i" aria-hidden />
              {t.blankPage}
            </DropdownMenu.Item>
            <DropdownMenu.Item className="menu-item" onSelect={() => setChoosing(true)}>
              <LayoutTemplate className="i" aria-hidden />
              {t.fromTemplate}
            </DropdownMenu.Item>
            <DropdownMenu.Item className="menu-item" onSelect={choosers.slides}>
              <FileUp className="i" aria-hidden />
              {f.slides}
            </DropdownMenu.Item>
          </DropdownMenu.Content>
        </DropdownMenu.Portal>
      </DropdownMenu.Root>
      {choosing ? (
        <Suspense fallback={<Rolling>{t.fetching}</Rolling>}>
          <TemplateChooser
            onClose={() => setChoosing(false)}
            onChoose={(name, { paper, elements }) => {
              setChoosing(false)
              edits.add({ name, paper, elements })
            }}
          />
        </Suspense>
      ) : null}
    </>
  )
}
