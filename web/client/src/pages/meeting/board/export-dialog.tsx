import { useState, type ReactNode } from 'react'
import { useWords } from '../../../i18n'
import { Button, Dialog, RadioCards, Segments } from '../../../ui'
import { boardWords } from '../words'
import type { Format } from '../board-export'
import type { Studio } from './studio'
import { exportWords } from './file-words'
import { pageWords } from './words'

const FORMATS: readonly Format[] = ['png', 'pdf', 'svg', 'excalidraw']

/** Takes the page or the whole board along as a file. */
export function ExportDialog({ studio, onClose }: { studio: Studio; onClose: () => void }): ReactNode {
  const t = useWords(exportWords)
  const b = useWords(boardWords)
  const p = useWords(pageWords)
  const many = studio.desk.pages.get().length > 1
  const [which, setWhich] = useState<'page' | 'all'>('page')
  const [format, setFormat] = useState<Format>('png')
  const save = (): void => {
    onClose()
    void import('../board-export').then(({ exportPages }) =>
      exportPages(studio, which, format, { board: b.fileName, page: p.page }),
    )
  }
  const options = FORMATS.map((value) => {
    const [label = '', hint = ''] = t[value]
    return { value, label, hint }
  })
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={t.title}
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
      {many ? (
        <Segments
          label={t.which}
          value={which}
          onChange={setWhich}
          options={[
            { value: 'page', label: t.page },
            { value: 'all', label: t.all },
          ]}
        />
      ) : null}
      <RadioCards legend={t.format} hideLegend value={format} onChange={setFormat} options={options} />
    </Dialog>
  )
}
