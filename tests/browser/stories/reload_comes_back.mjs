// Somebody reloads the page in the middle of a meeting and is back by themself within three seconds, as the same person.
import assert from 'node:assert/strict'
import { frames, received, seesAndHears } from '../lib/media.mjs'
import { enter, tile } from '../lib/people.mjs'
import { stories } from '../lib/story.mjs'
import { until } from '../lib/until.mjs'
import { WORDS } from '../lib/words.mjs'

const tell = stories()

tell('a reload comes back', async ({ server, visit }) => {
  const room = server.room('Plenum')
  const [ada, ben] = [await visit(), await visit()]
  await enter(ada, room, 'Ada')
  await enter(ben, room, 'Ben')
  await Promise.all([seesAndHears(ada.page, 'Ada'), seesAndHears(ben.page, 'Ben')])
  await ada.page.reload({ waitUntil: 'commit' })
  const begun = Date.now()
  await ada.page.getByRole('button', { name: WORDS['de-DE'].hangUp }).waitFor()
  await until('Ada sees Ben again', async () => frames(await received(ada.page)) > 0)
  const took = Date.now() - begun
  assert.ok(took < 3_000, `it took ${took} ms`)
  await seesAndHears(ben.page, 'Ben')
  await until('Ada is there once', async () => (await tile(ben, 'Ada').count()) === 1)
})
