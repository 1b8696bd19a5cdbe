// The choice of a template: each as it will look. Fetched when it is first opened.
import { exportToCanvas } from '@excalidraw/excalidraw'
import { useEffect, useRef, type ReactNode } from 'react'
import { useWords } from '../../../i18n'
import { Button, Dialog, useTheme } from '../../../ui'
import { TEMPLATES, template, type Drawn, type Template } from '.'
import { templateWords } from './words'

interface ChooserProps {
  onChoose: (name: string, drawn: Drawn) => void
  onClose: () => void
}

export default function TemplateChooser({ onChoose, onClose }: ChooserProps): ReactNode {
  const t = useWords(templateWords)
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={t.choose}
      actions={
        <Button look="quiet" onClick={onClose}>
          {t.cancel}
        </Button>
      }
    >
      <ul className="templates">
        {TEMPLATES.map((which) => (
          <li key={which}>
            <button
              type="button"
              className="go-page"
              onClick={() => onChoose(t.names[which], template(which, t))}
            >
              <Preview which={which} />
              <span>{t.names[which]}</span>
            </button>
          </li>
        ))}
      </ul>
    </Dialog>
  )
}

const SIZE = { width: 320, height: 200 } as const

function Preview({ which }: { which: Template }): ReactNode {
  const t = useWords(templateWords)
  const dark = useTheme() === 'dark'
  const canvas = useRef<HTMLCanvasElement>(null)
  const paper = which === 'lined' || which === 'squared' ? which : 'blank'
  useEffect(() => {
    let gone = false
    const { elements } = template(which, t)
    if (elements.length === 0) return undefined
    const drawn = exportToCanvas({
      elements: elements as never,
      files: null,
      appState: { exportBackground: false, exportWithDarkMode: dark } as never,
      maxWidthOrHeight: SIZE.width,
      exportPadding: 16,
    })
    drawn
      .then((picture: HTMLCanvasElement) => {
        const context = canvas.current?.getContext('2d')
        if (gone || !context) return
        const scale = Math.min(SIZE.width / picture.width, SIZE.height / picture.height)
        const [w, h] = [picture.width * scale, picture.height * scale]
        context.clearRect(0, 0, SIZE.width, SIZE.height)
        context.drawImage(picture, (SIZE.width - w) / 2, (SIZE.height - h) / 2, w, h)
      })
      .catch(() => undefined)
    return () => {
      gone = true
    }
  }, [which, t, dark])
  return <canvas ref={canvas} className={`thumb paper-${paper}`} {...SIZE} aria-hidden />
}
