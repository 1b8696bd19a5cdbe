// One server and one Chromium for a file of stories; afterwards nobody may have had script errors or outside requests.
import assert from 'node:assert/strict'
import { after, afterEach, before, test } from 'node:test'
import { startChromium, visitor } from './chromium.mjs'
import { startServer } from './server.mjs'

/** With the server's `settings`, `tell(name, story)` runs `story({ server, browser, visit })`; `visit` brings a fresh visitor. */
export function stories(settings) {
  const stage = {}
  let visitors = []
  before(async () => {
    stage.server = await startServer(settings)
    stage.browser = await startChromium()
  })
  after(async () => {
    await stage.browser?.close()
    await stage.server?.stop()
  })
  afterEach(async () => {
    const gone = visitors
    visitors = []
    await Promise.all(gone.map(({ leave }) => leave()))
    for (const { faults, outside } of gone) {
      assert.deepEqual(outside, [], 'requests to other hosts')
      assert.deepEqual(faults, [], 'script errors and policy violations')
    }
  })
  stage.visit = async (options) => {
    const fresh = await visitor(stage.browser, options)
    visitors.push(fresh)
    return fresh
  }
  return (name, story) => test(name, { timeout: 180_000 }, () => story(stage))
}
