// Takes the parts of a PDF to the server and shows their pages, one part after the other; in the end all are there, or
// none. A line that breaks is waited for.
import { Arrival } from '../../../board/arrival'
import type { Desk } from '../../../board/desk'
import type { FreshPage } from '../../../board/pages'
import { UploadError, type UploadFault, type Uploads } from '../../../board/uploads'
import { goOn, JobError } from '../board/jobs'
import type { Part } from './parts'

export interface Load<Document> {
  readonly parts: AsyncIterable<Part<Document>>
  /** How many pages there are in all of them. */
  readonly count: number
  /** The pages of a part that is the file `file` on the server. */
  readonly pagesOf: (file: string, part: Part<Document>) => readonly FreshPage[]
  /** A part is on the server: its document may be kept to be shown. */
  readonly seed: (file: string, document: Document) => void
}

export type Carrying = Pick<Desk, 'begin' | 'drawable' | 'elementsOf' | 'go' | 'page' | 'pages'>

/** Milliseconds after which a part is sent again: a meeting that lost its line is back within half a minute, or not at all. */
export const AGAIN_MS = [1000, 3000, 8000, 20_000] as const

/** Waits, or throws when it is cancelled. */
export type Wait = (ms: number, signal: AbortSignal) => Promise<void>

/** `progress` is from 0 to 1. Throws a `JobError` or an `UploadError`, and nothing is left then. */
export async function carry<Document>(
  load: Load<Document>,
  desk: Carrying,
  uploads: Uploads,
  progress: (part: number) => void,
  cancelled: AbortSignal,
  wait: Wait = waited,
): Promise<void> {
  goOn(cancelled)
  const stop = new AbortController()
  const { signal } = stop
  const begunOn = desk.page.get()
  let refused = false
  const arrival = new Arrival(desk, begunOn, (why) => {
    refused = why === 'refused'
    stop.abort()
  })
  const give = (): void => {
    arrival.takeBack()
    stop.abort()
  }
  // At once, and not only when the next step notices.
  cancelled.addEventListener('abort', give)
  try {
    for await (const part of load.parts) {
      goOn(signal)
      const sent = (percent: number): void => progress((part.at + (part.count * percent) / 100) / load.count)
      const file = await sendAgain(uploads, part.blob, sent, signal, wait)
      goOn(signal)
      const pages = load.pagesOf(file, part)
      const first = !arrival.begun
      load.seed(file, part.document)
      if (!desk.drawable || !arrival.add(pages)) throw new JobError('drawing_not_allowed')
      // Whoever turned to another page meanwhile stays there.
      if (first && pages[0] && desk.page.get() === begunOn) desk.go(pages[0].id)
    }
    arrival.end()
  } catch (error) {
    // Without the right to draw nothing can be taken away either; the server may say so before the meeting does.
    const stays = arrival.begun && (!desk.drawable || faultOf(error) === 'drawing_not_allowed')
    if (stays) {
      arrival.end()
      throw new JobError('slides_stopped')
    }
    arrival.takeBack()
    if (refused) throw new JobError(desk.drawable ? 'failed' : 'drawing_not_allowed')
    throw error
  } finally {
    cancelled.removeEventListener('abort', give)
  }
}

async function sendAgain(
  uploads: Uploads,
  blob: Blob,
  progress: (percent: number) => void,
  signal: AbortSignal,
  wait: Wait,
): Promise<string> {
  for (const ms of AGAIN_MS) {
    try {
      // oxlint-disable-next-line eslint/no-await-in-loop -- again only after it failed
      return await uploads.send(blob, progress, signal)
    } catch (error) {
      const fault = faultOf(error)
      if (fault !== 'failed' && fault !== 'busy') throw error
      // oxlint-disable-next-line eslint/no-await-in-loop -- as above
      await wait(ms, signal)
    }
  }
  return uploads.send(blob, progress, signal)
}

function faultOf(error: unknown): UploadFault | null {
  return error instanceof UploadError ? error.fault : null
}

function waited(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms)
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      reject(new UploadError('cancelled'))
    })
  })
}
