// Pictures and slides onto the board: chosen, dropped, pasted or photographed.
import { useEffect, useRef, useState, type ReactNode } from 'react'
import { currentWords, useWords } from '../../../i18n'
import { JobError } from './jobs'
import { PageEdits } from './page-edits'
import { placePictures } from '../board-pictures/place'
import type { Studio } from './studio'
import { fileWords } from './file-words'
import { pageWords } from './words'

export interface Choosers {
  readonly picture: () => void
  readonly photo: () => void
  readonly slides: () => void
  readonly drawing: () => void
}

/** Takes files in wherever they come from, until one does not go: what is wrong with it has to be read. */
export async function takeFiles(
  studio: Studio,
  files: readonly File[],
  at: { x: number; y: number } | null,
): Promise<void> {
  const slides = files.filter(isPdf)
  const drawings = files.filter(isDrawing)
  const pictures = files.filter(isPicture)
  if (pictures.length > 0 && !(await placePictures(studio, studio.jobs, pictures, at))) return
  if (drawings.length > 0) {
    const { importDrawing } = await import('../board-export')
    const edits = new PageEdits(studio.desk, currentWords(pageWords))
    // oxlint-disable-next-line eslint/no-await-in-loop -- their pages follow each other
    for (const file of drawings) if (!(await importDrawing(studio, edits, file))) return
  }
  if (slides.length > 0) {
    const { bringSlides } = await import('../board-slides/bring')
    for (const file of slides) {
      // oxlint-disable-next-line eslint/no-await-in-loop -- their pages follow each other
      if (!(await bringSlides(file, studio.desk, studio.uploads, studio.slides, studio.jobs))) return
    }
  }
  if (slides.length + drawings.length + pictures.length === files.length) return
  await studio.jobs.run('picture', () => Promise.reject(new JobError('file_unknown')))
}

function isPicture({ type }: File): boolean {
  return type.startsWith('image/')
}

function isPdf(file: File): boolean {
  return file.type === 'application/pdf' || (!isPicture(file) && /\.pdf$/i.test(file.name))
}

function isDrawing(file: File): boolean {
  return !isPicture(file) && /\.(excalidraw|json)$/i.test(file.name)
}

/** The hidden inputs behind the buttons. */
export function useChoosers(studio: Studio): [Choosers, ReactNode] {
  const picture = useRef<HTMLInputElement>(null)
  const photo = useRef<HTMLInputElement>(null)
  const slides = useRef<HTMLInputElement>(null)
  const drawing = useRef<HTMLInputElement>(null)
  const take = (event: React.ChangeEvent<HTMLInputElement>): void => {
    const files = [...(event.target.files ?? [])]
    event.target.value = ''
    void takeFiles(studio, files, null)
  }
  const choosers: Choosers = {
    picture: () => picture.current?.click(),
    photo: () => photo.current?.click(),
    slides: () => slides.current?.click(),
    drawing: () => drawing.current?.click(),
  }
  const hidden = { type: 'file', hidden: true, onChange: take, 'aria-hidden': true } as const
  return [
    choosers,
    <>
      <input {...hidden} ref={picture} accept="image/*" multiple data-chooser="picture" />
      <input {...hidden} ref={photo} accept="image/*" capture="environment" data-chooser="photo" />
      <input {...hidden} ref={slides} accept="application/pdf,.pdf" data-chooser="slides" />
      <input {...hidden} ref={drawing} accept=".excalidraw,.json" data-chooser="drawing" />
    </>,
  ]
}

/** Drops and pastes, before Excalidraw sees them: it would put what they bring into the document. */
export function DropPlace({
  studio,
  frame,
}: {
  studio: Studio
  frame: React.RefObject<HTMLElement | null>
}): ReactNode {
  const t = useWords(fileWords)
  const [over, setOver] = useState(false)
  useEffect(() => {
    const element = frame.current
    if (!element) return undefined
    const hasFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') === true
    const dragged = (event: DragEvent): void => {
      if (!hasFiles(event)) return
      event.preventDefault()
      event.stopPropagation()
      setOver(event.type !== 'dragleave' || element.contains(event.relatedTarget as Node | null))
    }
    const dropped = (event: DragEvent): void => {
      if (!hasFiles(event)) return
      event.preventDefault()
      event.stopPropagation()
      setOver(false)
      const files = [...(event.dataTransfer?.files ?? [])]
      void takeFiles(studio, files, studio.pointAt(event.clientX, event.clientY))
    }
    const pasted = (event: ClipboardEvent): void => {
      const files = [...(event.clipboardData?.files ?? [])]
      const { activeElement } = document
      const writing = activeElement?.matches('input, textarea, [contenteditable]') === true
      const here = element.contains(activeElement) || element.matches(':hover')
      if (files.length === 0 || writing || !here) return
      event.preventDefault()
      event.stopImmediatePropagation()
      void takeFiles(studio, files, null)
    }
    for (const type of ['dragenter', 'dragover', 'dragleave'] as const)
      element.addEventListener(type, dragged, true)
    element.addEventListener('drop', dropped, true)
    document.addEventListener('paste', pasted, true)
    return () => {
      for (const type of ['dragenter', 'dragover', 'dragleave'] as const)
        element.removeEventListener(type, dragged, true)
      element.removeEventListener('drop', dropped, true)
      document.removeEventListener('paste', pasted, true)
    }
  }, [studio, frame])
  return over ? (
    <div className="drop-here">
      <p>{t.dropHere}</p>
    </div>
  ) : null
}
