// Whether the board gets slower with hours of drawing: frames of Chromium and CPU of the server for a change, before and after as
// many changes as six people make who draw for so many hours, here as fast as the server lets them:
//   npm ci --prefix tests/board-client && tests/browser/netns.sh node tests/browser/bench/hours.mjs [hours]
import { readFile } from 'node:fs/promises'
import { startChromium, visitor } from '../lib/chromium.mjs'
import { enter } from '../lib/people.mjs'
import { startServer } from '../lib/server.mjs'
import { measure, median } from './frames.mjs'
import { painters } from './painters.mjs'
import { scene } from './scene.mjs'

const PEOPLE = 6
const DRAWERS = 20
const RATE = 20
/** What one socket may say a second is 200. */
const HASTE = 165
const SHAPES = 1000
const ROUNDS = 5
const SECONDS = 15
const hours = Number(process.argv[2] ?? 3)

const pause = (seconds) => new Promise((over) => setTimeout(over, 1000 * seconds))

/** CPU seconds of a process so far; the system counts in hundredths. */
async function cpu(pid) {
  const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ')[1].split(' ')
  return (Number(fields[11]) + Number(fields[12])) / 100
}

/** Frames of the page, and the server's CPU for a change, while twenty draw as people do. */
async function look(page, crowd, server) {
  const stop = crowd.draw(RATE)
  const rounds = []
  for (let round = 0; round < ROUNDS; round += 1) rounds.push(await measure(page))
  const [changes, spent] = [crowd.changes(), await cpu(server.pid)]
  await pause(SECONDS)
  const cost = ((await cpu(server.pid)) - spent) / (crowd.changes() - changes)
  stop()
  const of = (what, figure) => median(rounds.map((one) => one[what][figure]))
  return {
    'pan, from frame to frame, ms': of('pan', 'gap'),
    'pan, work a frame, ms': of('pan', 'work'),
    'draw, from frame to frame, ms': of('draw', 'gap'),
    'draw, work a frame, ms': of('draw', 'work'),
    'server CPU a change, µs': cost * 1e6,
  }
}

const server = await startServer()
const browser = await startChromium()
try {
  const room = server.room('Plenum')
  const crowd = await painters(server.origin, room, DRAWERS)
  await crowd.fill(scene(SHAPES))
  const ada = await visitor(browser, { permissions: [] })
  await enter(ada, room, 'Ada')
  await ada.page.locator('canvas.interactive').waitFor()
  // The first look warms the page up.
  await look(ada.page, crowd, server)
  const before = await look(ada.page, crowd, server)
  const [first, wanted] = [crowd.changes(), Math.round(hours * 3600 * PEOPLE * RATE)]
  const stop = crowd.draw(HASTE)
  while (crowd.changes() - first < wanted) {
    await pause(10)
    console.log(`${crowd.changes() - first} of ${wanted} changes`)
  }
  stop()
  // The board's history is compacted when it is a minute old.
  await pause(90)
  const after = await look(ada.page, crowd, server)
  for (const [what, then] of Object.entries(before)) {
    const now = after[what]
    console.log(
      `${what}: ${then.toFixed(1)} before, ${now.toFixed(1)} after ${hours} hours (${(now / then).toFixed(2)})`,
    )
  }
  await ada.leave()
  crowd.leave()
} finally {
  await browser.close()
  await server.stop()
}
