// Two are talking when a third comes: everybody sees and hears everybody, and nothing is negotiated anew for the two.
import assert from 'node:assert/strict'
import { seesAndHears, transport } from '../lib/media.mjs'
import { enter, tile } from '../lib/people.mjs'
import { stories } from '../lib/story.mjs'

const tell = stories()

tell('a third person comes late', async ({ server, visit }) => {
  const room = server.room('Plenum')
  const [ada, ben, cem] = [await visit(), await visit({ locale: 'en-GB' }), await visit()]
  await enter(ada, room, 'Ada')
  await enter(ben, room, 'Ben')
  await Promise.all([seesAndHears(ada.page, 'Ada'), seesAndHears(ben.page, 'Ben')])
  const before = await transport(ada.page)
  await enter(cem, room, 'Cem')
  await Promise.all([
    seesAndHears(ada.page, 'Ada', 2),
    seesAndHears(ben.page, 'Ben', 2),
    seesAndHears(cem.page, 'Cem', 2),
  ])
  for (const [person, others] of [
    [ada, ['Ben', 'Cem']],
    [ben, ['Ada', 'Cem']],
    [cem, ['Ada', 'Ben']],
  ]) {
    for (const other of others) await tile(person, other).waitFor()
  }
  assert.deepEqual(await transport(ada.page), before)
})
