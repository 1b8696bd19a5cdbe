import { Awareness } from 'y-protocols/awareness'
import * as Y from 'yjs'
import { beforeEach, expect, test } from 'vitest'
import type { BoardConnection, BoardState } from '../../../board/connection'
import { Desk } from '../../../board/desk'
import { MAIN, mapOf, rootOf } from '../../../board/document'
import { added } from '../../../board/pages'
import { timing } from '../../../board/made-up'
import { UploadError, type UploadFault, type Uploads } from '../../../board/uploads'
import { Store } from '../../../call/store'
import { Jobs } from '../board/jobs'
import { AGAIN_MS, carry, type Load } from './carry'
import type { Part } from './parts'

/** A server that answers when it is told to. */
class MadeUpUploads implements Uploads {
  private readonly asked: { answer: (id: string) => void; fail: (error: UploadError) => void }[] = []
  count = 0

  send(_file: Blob, _progress: (percent: number) => void, signal: AbortSignal): Promise<string> {
    this.count += 1
    return new Promise((answer, fail) => {
      this.asked.push({ answer, fail })
      signal.addEventListener('abort', () => fail(new UploadError('cancelled')))
    })
  }

  address(id: string): string {
    return id
  }

  async answer(fault: UploadFault | null = null): Promise<void> {
    await settled()
    const one = this.asked.shift()
    if (!one) throw new Error('nothing was sent')
    if (fault) one.fail(new UploadError(fault))
    else one.answer(`f${this.count}`)
    await settled()
  }
}

let desk: Desk
let uploads: MadeUpUploads
let jobs: Jobs
let waits: number[]
/** Pages so far: their ids. */
let made: number
const names = () => desk.pages.get().map(({ name }) => name)

beforeEach(() => {
  const doc = new Y.Doc()
  const shared = { doc, awareness: new Awareness(doc) }
  const state = new Store({ shared } as BoardState)
  desk = new Desk({ state, fate: null } as unknown as BoardConnection, timing)
  uploads = new MadeUpUploads()
  jobs = new Jobs()
  waits = []
  made = 0
})

async function settled(): Promise<void> {
  for (let at = 0; at < 30; at += 1) await Promise.resolve()
}

async function* inParts(...counts: number[]): AsyncGenerator<Part<string>> {
  let at = 0
  for (const count of counts) {
    yield { blob: new Blob(), document: `part at ${at}`, at, count, first: 1 }
    at += count
  }
}

function brings(...counts: number[]): Promise<boolean> {
  const load: Load<string> = {
    parts: inParts(...counts),
    count: counts.reduce((sum, count) => sum + count, 0),
    pagesOf: (file, { at, count, first }) =>
      Array.from({ length: count }, (_, index) => ({
        id: `s${(made += 1)}`,
        name: `Slide ${at + index + 1}`,
        slide: { file, number: first + index, width: 10, height: 10 },
      })),
    seed: () => undefined,
  }
  const wait = (ms: number): Promise<void> => Promise.resolve(void waits.push(ms))
  return jobs.run('slides', (progress, signal) =>
    carry(load, desk, uploads, (part) => progress(part * 100), signal, wait),
  )
}

test('the first slides are there before the last ones are sent', async () => {
  const done = brings(1, 2)
  await settled()
  expect(names()).toEqual([''])
  await uploads.answer()
  expect(names()).toEqual(['', 'Slide 1'])
  expect(desk.page.get()).toBe('s1')
  expect(desk.pages.get()[1]?.slide).toMatchObject({ file: 'f1', number: 1 })
  desk.go(MAIN)
  await uploads.answer()
  expect(await done).toBe(true)
  expect(names()).toEqual(['', 'Slide 1', 'Slide 2', 'Slide 3'])
  expect(desk.pages.get()[3]?.slide).toMatchObject({ file: 'f2', number: 2 })
  expect(desk.page.get()).toBe(MAIN)
  desk.undo()
  expect(names()).toEqual([''])
})

test('whoever turned to another page meanwhile stays there', async () => {
  const done = brings(1, 1)
  await settled()
  desk.step(added(desk.pages.get(), MAIN, [{ id: 'other' }]))
  desk.go('other')
  await uploads.answer()
  await uploads.answer()
  expect([await done, desk.page.get()]).toEqual([true, 'other'])
  expect(desk.pages.get().map(({ id }) => id)).toEqual([MAIN, 's1', 's2', 'other'])
})

test('cancelled in the middle, nothing stays', async () => {
  const done = brings(1, 2)
  await uploads.answer()
  mapOf(desk.doc, rootOf('s1')).set('x', { id: 'x' })
  const job = jobs.state.get()
  if (job && 'cancel' in job) job.cancel?.()
  expect(names()).toEqual([''])
  expect(desk.elementsOf('s1')).toEqual([])
  expect([await done, jobs.state.get(), desk.page.get()]).toEqual([false, null, MAIN])
  expect(desk.ledger.steps.get()).toEqual({ undo: false, redo: false })
})

test('undone in the middle, no more of them come', async () => {
  const done = brings(1, 2)
  await uploads.answer()
  desk.undo()
  expect([await done, jobs.state.get(), names()]).toEqual([false, null, ['']])
  expect(desk.ledger.steps.get()).toEqual({ undo: false, redo: false })
})

test('a line that breaks is waited for; when it does not come back, nothing stays and it is said', async () => {
  const fine = brings(1, 1)
  await uploads.answer()
  await uploads.answer('failed')
  await uploads.answer('busy')
  await uploads.answer()
  expect([await fine, waits]).toEqual([true, AGAIN_MS.slice(0, 2)])
  const gone = brings(1, 1)
  await uploads.answer()
  expect(names()).toHaveLength(4)
  for (const _ of [0, ...AGAIN_MS]) await uploads.answer('failed')
  expect([await gone, names().length]).toEqual([false, 3])
  expect(jobs.state.get()).toEqual({ kind: 'slides', fault: 'failed' })
})

test('what the server refuses is not sent again', async () => {
  const done = brings(1, 1)
  await uploads.answer()
  await uploads.answer('uploads_full')
  expect([await done, names(), waits]).toEqual([false, [''], []])
  expect(jobs.state.get()).toEqual({ kind: 'slides', fault: 'uploads_full' })
})

test('without the right to draw nothing comes or goes, and that is said', async () => {
  const none = brings(1)
  await settled()
  desk.allow(false)
  await uploads.answer()
  expect([await none, jobs.state.get()]).toEqual([false, { kind: 'slides', fault: 'drawing_not_allowed' }])
  desk.allow(true)
  const some = brings(1, 1)
  await uploads.answer()
  desk.allow(false)
  await uploads.answer('drawing_not_allowed')
  expect([await some, jobs.state.get()]).toEqual([false, { kind: 'slides', fault: 'slides_stopped' }])
  expect(names()).toEqual(['', 'Slide 1'])
  desk.allow(true)
  desk.undo()
  expect(names()).toEqual([''])
  // The server may say so first.
  const early = brings(1, 1)
  await uploads.answer()
  await uploads.answer('drawing_not_allowed')
  expect([await early, jobs.state.get()]).toEqual([false, { kind: 'slides', fault: 'slides_stopped' }])
  expect(names()).toEqual(['', 'Slide 1'])
})

test('when the server does not take the pages, the rest does not come either', async () => {
  const done = brings(1, 1)
  await uploads.answer()
  desk.ledger.forget()
  expect([await done, names()]).toEqual([false, ['']])
  expect(jobs.state.get()).toEqual({ kind: 'slides', fault: 'failed' })
})
