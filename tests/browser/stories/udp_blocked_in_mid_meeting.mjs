// While a meeting runs, the network begins to block UDP: people go on by TCP on the port of the pages, and nobody has to
// press anything.
import assert from 'node:assert/strict'
import { allowUdp, blockUdp } from '../lib/firewall.mjs'
import { seesAndHears, transport, way } from '../lib/media.mjs'
import { enter, tile } from '../lib/people.mjs'
import { stories } from '../lib/story.mjs'
import { until } from '../lib/until.mjs'

const tell = stories()

tell('a meeting goes on when UDP is blocked', async ({ server, visit }) => {
  const room = server.room('Plenum')
  const [juna, noor] = [await visit(), await visit()]
  await enter(juna, room, 'Juna')
  await enter(noor, room, 'Noor')
  const both = [juna, noor]
  await Promise.all(both.map(({ page }) => seesAndHears(page, 'everybody')))
  for (const { page } of both) assert.equal((await way(page)).protocol, 'udp')
  blockUdp()
  const begun = performance.now()
  try {
    for (const { page } of both) {
      await until('media takes another way', async () => (await way(page))?.protocol === 'tcp')
      assert.equal((await way(page)).port, Number(new URL(server.origin).port))
    }
    await Promise.all(both.map(({ page }) => seesAndHears(page, 'everybody')))
    const { connections } = await transport(juna.page)
    console.log(
      `by TCP ${Math.round(performance.now() - begun)} ms after UDP was blocked, on connection ${connections}`,
    )
    assert.equal(await tile(noor, 'Juna').count(), 1, 'Juna is there once')
  } finally {
    allowUdp()
  }
})
