// Two people in a room see and hear each other; who switches the microphone off is shown as muted and not heard; who
// hangs up is gone.
import assert from 'node:assert/strict'
import { received, seesAndHears, voices } from '../lib/media.mjs'
import { enter, tile } from '../lib/people.mjs'
import { stories } from '../lib/story.mjs'
import { until } from '../lib/until.mjs'
import { WORDS } from '../lib/words.mjs'

const tell = stories()

tell('two people talk', async ({ server, visit }) => {
  const room = server.room('Plenum')
  const [ada, ben] = [await visit(), await visit({ locale: 'en-GB' })]
  await enter(ada, room, 'Ada')
  await enter(ben, room, 'Ben')
  await Promise.all([seesAndHears(ada.page, 'Ada'), seesAndHears(ben.page, 'Ben')])
  await tile(ada, 'Ben').waitFor()
  await tile(ben, 'Ada').waitFor()

  await ada.page.getByRole('button', { name: WORDS['de-DE'].microphone, pressed: true }).click()
  await tile(ben, 'Ada').getByRole('img', { name: WORDS['en-GB'].muted }).waitFor()
  // Whoever was speaking last fades; then it is quiet for as long as two dozen pictures last.
  await until('it is quiet', async () => {
    const before = await received(ben.page)
    await until('time goes by', async () => {
      const now = await received(ben.page)
      return Object.entries(now).some(([mid, { frames }]) => frames > (before[mid]?.frames ?? 0) + 24)
    })
    const after = await received(ben.page)
    return voices(after) - voices(before) < 1e-6
  })

  await ada.page.getByRole('button', { name: WORDS['de-DE'].hangUp }).click()
  await ada.page.getByRole('heading', { name: WORDS['de-DE'].left }).waitFor()
  await tile(ben, 'Ada').waitFor({ state: 'detached' })
  assert.equal(await ben.page.getByRole('button', { name: WORDS['en-GB'].hangUp }).count(), 1, 'Ben stays')
})
