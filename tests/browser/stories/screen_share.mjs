// Somebody shows their screen: the others see it beside the faces, and it goes away again.
import assert from 'node:assert/strict'
import { received, seesAndHears } from '../lib/media.mjs'
import { enter } from '../lib/people.mjs'
import { stories } from '../lib/story.mjs'
import { until } from '../lib/until.mjs'
import { WORDS } from '../lib/words.mjs'

const tell = stories()

tell('a screen is shown', async ({ server, visit }) => {
  const room = server.room('Plenum')
  const [ada, ben] = [await visit(), await visit({ locale: 'en-GB' })]
  await enter(ada, room, 'Ada')
  await enter(ben, room, 'Ben')
  await seesAndHears(ben.page, 'Ben')
  const faces = await received(ben.page)
  await ada.page.getByRole('button', { name: WORDS['de-DE'].screen }).click()
  const shown = ben.page.getByText(WORDS['en-GB'].screenOf('Ada'))
  await shown.waitFor()
  await until('a second picture moves', async () => {
    const now = await received(ben.page)
    return Object.entries(now).some(([mid, { frames }]) => frames > 0 && !(faces[mid]?.frames > 0))
  })
  await seesAndHears(ben.page, 'Ben')
  await ada.page.getByRole('button', { name: WORDS['de-DE'].screen, pressed: true }).click()
  await shown.waitFor({ state: 'detached' })
  await seesAndHears(ben.page, 'Ben')
  assert.equal(await shown.count(), 0)
})
