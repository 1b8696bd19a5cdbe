import { expect, test } from 'vitest'
import { goOn, JobError, Jobs } from './jobs'

/** A job that goes on when it is told to. */
function held(): { go: () => void; until: Promise<void> } {
  let go = (): void => undefined
  const until = new Promise<void>((then) => (go = then))
  return { go, until }
}

function cancel(jobs: Jobs): void {
  const job = jobs.state.get()
  if (job && 'cancel' in job) job.cancel?.()
}

test('what was cancelled is gone at once, makes nothing, and lets the next one go on', async () => {
  const jobs = new Jobs()
  const upload = held()
  let made = 0
  const first = jobs.run('slides', async (progress, signal) => {
    progress(40)
    await upload.until
    progress(80)
    goOn(signal)
    made += 1
  })
  const second = jobs.run('picture', () => Promise.resolve(void (made += 10)))
  await Promise.resolve()
  expect(jobs.state.get()).toMatchObject({ kind: 'slides', percent: 40 })
  cancel(jobs)
  expect(jobs.state.get()).toBeNull()
  upload.go()
  expect([await first, await second, made]).toEqual([false, true, 10])
  expect(jobs.state.get()).toBeNull()
})

test('what went well but for something is told, and counts as done', async () => {
  const jobs = new Jobs()
  expect(await jobs.run('import', () => Promise.resolve('pictures_left_out'))).toBe(true)
  expect(jobs.state.get()).toEqual({ kind: 'import', fault: 'pictures_left_out' })
})

test('a fault stays until it was read or something else is on its way', async () => {
  const jobs = new Jobs()
  expect(await jobs.run('slides', () => Promise.reject(new JobError('encrypted')))).toBe(false)
  expect(jobs.state.get()).toEqual({ kind: 'slides', fault: 'encrypted' })
  jobs.seen()
  expect(jobs.state.get()).toBeNull()
  expect(await jobs.run('export', () => Promise.reject(new Error('anything')))).toBe(false)
  expect(jobs.state.get()).toEqual({ kind: 'export', fault: 'failed' })
})
