// A firewall begins to block UDP in the middle of a meeting: people go on by TCP without doing anything, and who comes
// then gets in, too, and is told.
import assert from 'node:assert/strict'
import { seesAndHears, way } from '../lib/media.mjs'
import { allowUdp, blockUdp } from '../lib/firewall.mjs'
import { enter } from '../lib/people.mjs'
import { stories } from '../lib/story.mjs'
import { until } from '../lib/until.mjs'
import { WORDS } from '../lib/words.mjs'

const tell = stories()

tell('people meet in a network that blocks UDP', async ({ server, visit }) => {
  const room = server.room('Plenum')
  const [juna, noor, mika] = [
    await visit(),
    await visit({ locale: 'en-GB' }),
    await visit({ locale: 'en-GB' }),
  ]
  await enter(juna, room, 'Juna')
  await enter(noor, room, 'Noor')
  for (const { page } of [juna, noor]) {
    await seesAndHears(page, 'everybody')
    assert.equal((await way(page)).protocol, 'udp')
  }
  blockUdp()
  try {
    for (const { page } of [juna, noor]) {
      await until('media comes by TCP', async () => (await way(page))?.protocol === 'tcp')
      await seesAndHears(page, 'everybody')
      assert.equal((await way(page)).port, Number(new URL(server.origin).port), 'the port of the pages')
    }
    await enter(mika, room, 'Mika')
    await mika.page.getByRole('status').getByText(WORDS[mika.locale].udpBlocked).waitFor()
    for (const { page } of [juna, noor, mika]) await seesAndHears(page, 'everybody', 2)
  } finally {
    allowUdp()
  }
})
