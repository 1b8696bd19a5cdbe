// Exports and imports. Fetched when somebody asks for one.
import { loadFromBlob } from '@excalidraw/excalidraw'
import type { Page } from '../../../board/pages'
import { goOn, JobError } from '../board/jobs'
import { nameOf, type PageEdits } from '../board/page-edits'
import { settled } from '../board-pictures/foreign'
import { saveFile } from '../board/save-file'
import type { Studio } from '../board/studio'
import { excalidraw, png, svg } from './page-files'

export type Format = 'png' | 'svg' | 'pdf' | 'excalidraw'

interface Names {
  readonly board: string
  readonly page: (n: string) => string
}

export function exportPages(
  studio: Studio,
  which: 'page' | 'all',
  format: Format,
  names: Names,
): Promise<boolean> {
  return studio.jobs.run('export', (progress, signal) =>
    packed(studio, which, format, names, progress, signal).catch((error: unknown) => {
      throw error instanceof JobError ? error : new JobError('not_packed')
    }),
  )
}

async function packed(
  studio: Studio,
  which: 'page' | 'all',
  format: Format,
  names: Names,
  progress: (percent: number) => void,
  signal: AbortSignal,
): Promise<void> {
  const all = studio.desk.pages.get()
  const pages = which === 'all' ? all : all.filter(({ id }) => id === studio.desk.page.get())
  const tell = (part: number): void => {
    goOn(signal)
    progress(Math.round(part * 100))
  }
  const [only] = pages
  const title = which === 'page' && only ? fileName(nameOf(only, all, names)) : names.board
  if (format === 'pdf') {
    const { pdf } = await import('./pdf-file')
    saveFile(await pdf(studio, pages, tell), `${title}.pdf`)
    return
  }
  const files: [string, Blob][] = []
  for (const [at, page] of pages.entries()) {
    const number = String(at + 1).padStart(String(pages.length).length, '0')
    const name = `${number} ${fileName(nameOf(page, all, names))}.${format}`
    // oxlint-disable-next-line eslint/no-await-in-loop -- one at a time: each is large
    files.push([name, await made(studio, page, format)])
    tell((at + 1) / pages.length)
  }
  const [first] = files
  if (files.length === 1 && first) saveFile(first[1], `${title}.${format}`)
  else saveFile(await zipped(files), `${title}.zip`)
}

/** An Excalidraw file becomes a page; its pictures are uploaded like any other. */
export function importDrawing(studio: Studio, edits: PageEdits, file: File): Promise<boolean> {
  return studio.jobs.run('import', async (progress, signal) => {
    const { elements, files } = await loadFromBlob(file, null, null).catch(() => {
      throw new JobError('not_a_drawing')
    })
    const { fit, missing } = await settled(studio, elements, files, progress, signal)
    edits.add({ name: file.name.replace(/\.(excalidraw|json)$/i, ''), elements: fit })
    studio.showAll()
    return missing ? 'pictures_left_out' : undefined
  })
}

function made(studio: Studio, page: Page, format: Exclude<Format, 'pdf'>): Promise<Blob> {
  switch (format) {
    case 'png':
      return png(studio, page)
    case 'svg':
      return svg(studio, page)
    case 'excalidraw':
      return excalidraw(studio, page)
  }
}

async function zipped(files: readonly (readonly [string, Blob])[]): Promise<Blob> {
  const { zipSync } = await import('fflate')
  const entries = await Promise.all(
    files.map(async ([name, blob]) => [name, new Uint8Array(await blob.arrayBuffer())] as const),
  )
  // Pictures are packed already.
  const bytes = zipSync(Object.fromEntries(entries), { level: 1 })
  return new Blob([bytes], { type: 'application/zip' })
}

function fileName(name: string): string {
  return name.replaceAll(/[\\/:*?"<>|\p{Cc}]+/gu, ' ').trim() || '1'
}
