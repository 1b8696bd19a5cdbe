// Somebody reloads the page in the middle of a meeting and is back by themself, as the same person. How long it took is
// printed: three seconds are the aim on a machine that has nothing else to do.
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
  console.log(`back after ${Date.now() - begun} ms`)
  await seesAndHears(ben.page, 'Ben')
  await until('Ada is there once', async () => (await tile(ben, 'Ada').count()) === 1)
})
