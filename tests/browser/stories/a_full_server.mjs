// A server that may use next to nothing of its machine is soon full: whose camera it refuses is told so in words, is
// without a picture for everybody, and is heard all the same.
import assert from 'node:assert/strict'
import { received, voices } from '../lib/media.mjs'
import { enter, tile } from '../lib/people.mjs'
import { stories } from '../lib/story.mjs'
import { until } from '../lib/until.mjs'
import { WORDS } from '../lib/words.mjs'

const tell = stories({ KEGELBAHN__MEDIA__BUSY_LIMIT: '1' })
const NAMES = ['Ada', 'Ben', 'Cem', 'Dora', 'Emil']

async function hears({ page }, who) {
  const before = voices(await received(page))
  await until(`${who} hears somebody`, async () => voices(await received(page)) > before)
}

/** People come in with cameras until one is refused. */
async function fill(room, visit) {
  const people = []
  for (const name of NAMES) {
    const visitor = { ...(await visit({ locale: people.length % 2 ? 'en-GB' : 'de-DE' })), name }
    people.push(visitor)
    await enter(visitor, room, name)
    if (people.length === 1) continue
    await hears(visitor, name)
    if (await visitor.page.getByRole('status').getByText(WORDS[visitor.locale].full).isVisible())
      return people
  }
  return assert.fail('five people with cameras fit into one per cent of a core')
}

tell('a full server refuses a camera and keeps the sound', async ({ server, visit }) => {
  const people = await fill(server.room('Plenum'), visit)
  const [first, last] = [people[0], people.at(-1)]
  const camera = last.page.getByRole('button', { name: WORDS[last.locale].camera }).first()
  await until('the camera is off', async () => (await camera.getAttribute('aria-pressed')) === 'false')
  await tile(first, last.name).waitFor()
  await until(
    'they have no picture',
    async () => (await tile(first, last.name).locator('video').count()) === 0,
  )
  await hears(first, first.name)
  await hears(last, last.name)
})
