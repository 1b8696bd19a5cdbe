// In a network that blocks UDP, people meet by TCP on the port of the pages, and are told.
import assert from 'node:assert/strict'
import { allowUdp, blockUdp } from '../lib/firewall.mjs'
import { seesAndHears, way } from '../lib/media.mjs'
import { enter } from '../lib/people.mjs'
import { stories } from '../lib/story.mjs'
import { WORDS } from '../lib/words.mjs'

const tell = stories()

tell('people meet in a network that blocks UDP', async ({ server, visit }) => {
  const room = server.room('Plenum')
  const [juna, noor] = [await visit(), await visit({ locale: 'en-GB' })]
  blockUdp()
  try {
    await enter(juna, room, 'Juna')
    await enter(noor, room, 'Noor')
    await noor.page.getByRole('status').getByText(WORDS[noor.locale].udpBlocked).waitFor()
    for (const { page } of [juna, noor]) {
      await seesAndHears(page, 'everybody')
      const { protocol, port } = await way(page)
      assert.deepEqual([protocol, port], ['tcp', Number(new URL(server.origin).port)])
    }
  } finally {
    allowUdp()
  }
})
