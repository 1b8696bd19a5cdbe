// Six people draw at once and all see the same, each undoes only their own, and a wiped page comes back. Pages come and go
// for everybody, a laser pointer is seen and gone, and a pen is seen as thick as it is pressed.
import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import {
  choose,
  drag,
  drawRectangle,
  openBoard,
  outline,
  outlined,
  pointOf,
  stroke,
  take,
} from '../lib/board.mjs'
import { enter } from '../lib/people.mjs'
import { stories } from '../lib/story.mjs'
import { until } from '../lib/until.mjs'
import { WORDS } from '../lib/words.mjs'

const Y = createRequire(new URL('../../../web/client/package.json', import.meta.url))('yjs')
const tell = stories()
const NAMES = ['Ada', 'Ben', 'Cem', 'Dilek', 'Eva', 'Finn']

tell('six people draw at once, and all see the same', async ({ server, visit }) => {
  const room = server.room('Plenum')
  // One after the other: six browsers that start at once are a test of the machine.
  const people = []
  for (const name of NAMES) {
    const person = await visit()
    await enter(person, room, name, { camera: false })
    await openBoard(person)
    people.push(person)
  }
  await Promise.all(
    people.map(async (person, at) => {
      await take(person, 'pen')
      await drag(person, [0.2, 0.2 + at * 0.09], [0.8, 0.24 + at * 0.09])
      await drawRectangle(person, at % 4)
    }),
  )
  const all = ['6-mal Strich', '6-mal Rechteck']
  await Promise.all(people.map((person, at) => outlined(person, NAMES[at], all)))

  // Undo takes back one's own last step, whatever others did after it.
  const [ada, ben] = people
  await ben.page.getByRole('button', { name: WORDS['de-DE'].undo, exact: true }).click()
  await Promise.all(
    people.map((person, at) => outlined(person, NAMES[at], ['6-mal Strich', '5-mal Rechteck'])),
  )

  // A wiped page is one step for whoever wiped it.
  await choose(ada, WORDS['de-DE'].wipe)
  await ada.page.getByText(WORDS['de-DE'].wiped).waitFor()
  await Promise.all(people.map((person, at) => outlined(person, NAMES[at], [])))
  await ada.page.locator('.board-foot').getByRole('button', { name: WORDS['de-DE'].undo }).click()
  await Promise.all(
    people.map((person, at) => outlined(person, NAMES[at], ['6-mal Strich', '5-mal Rechteck'])),
  )
})

tell('pages come, change and go for everybody, and each looks where they like', async ({ server, visit }) => {
  const room = server.room('Plenum')
  const [ada, ben] = [await visit(), await visit({ locale: 'en-GB' })]
  const [de, en] = [WORDS['de-DE'], WORDS['en-GB']]
  await enter(ada, room, 'Ada', { camera: false })
  await enter(ben, room, 'Ben', { camera: false })
  await openBoard(ada)
  await openBoard(ben)
  await drawRectangle(ada, 0)
  await outlined(ben, 'Ben', ['Rectangle'])
  await ada.page.getByRole('button', { name: de.pageOf(1, 1) }).click()
  await ada.page.getByRole('button', { name: de.newPage }).click()
  await ada.page.getByRole('menuitem', { name: de.blankPage }).click()
  await outlined(ada, 'Ada', [])
  await ben.page.getByRole('button', { name: en.pageOf(1, 2) }).waitFor()
  await outlined(ben, 'Ben', ['Rectangle'])
  await drawRectangle(ada, 1)
  await ben.page.getByRole('button', { name: en.nextPage }).click()
  await outlined(ben, 'Ben', ['Rectangle'])

  // Undoing through the page's beginning shows where it happens, and takes the page away again.
  const undo = ada.page.getByRole('button', { name: de.undo, exact: true })
  await undo.click()
  await outlined(ben, 'Ben', [])
  await undo.click()
  await ben.page.getByRole('button', { name: en.pageOf(1, 1) }).waitFor()
  await undo.click()
  await until('nothing is left', async () => (await outline(ben)).length === 0)
  assert.equal(await undo.getAttribute('aria-disabled'), 'true')

  // A laser pointer is seen by the others while it points, and leaves nothing.
  await take(ada, 'laser')
  const point = async (x, y) => ada.page.mouse.move(...(await pointOf(ada, x, y)), { steps: 4 })
  await point(0.3, 0.4)
  await ada.page.mouse.down()
  let to = 0
  await until('Ben sees where Ada points', async () => {
    to = (to + 1) % 10
    await point(0.4 + to / 20, 0.4)
    return (await over(ben)) > 0
  })
  await ada.page.mouse.up()
  await until('nothing of it is left', async () => (await over(ben)) === 0)
  await outlined(ben, 'Ben', [])
  assert.equal(await undo.getAttribute('aria-disabled'), 'true', 'it was not written')

  // How hard a pen is pressed is seen while it draws, and nothing of it over the board once it is lifted.
  await take(ada, 'pen')
  const line = Array.from({ length: 24 }, (_, at) => [0.3 + at / 60, 0.5])
  let thick = []
  await stroke(ada, line, () =>
    until('Ben sees the line grow thicker', async () => {
      thick = await Promise.all([0.34, 0.64].map((x) => thickness(ben, x)))
      return thick[0] > 0 && thick[1] > 1.5 * thick[0]
    }).catch((error) => {
      throw new Error(`${error.message}; it is ${thick} pixels thick`)
    }),
  )
  await outlined(ben, 'Ben', ['Stroke'])
  await until('nothing of it is left over the board', async () => (await over(ben)) === 0)
})

tell('what a client that knows no places drew is nobody’s to undo', async ({ server, visit }) => {
  const room = server.room('Plenum')
  const cem = await visit()
  const socket = cem.page.waitForEvent('websocket', (one) => one.url().includes('/api/board/'))
  await enter(cem, room, 'Cem', { camera: false })
  const url = (await socket).url()
  await openBoard(cem)
  await drawsPlainly(cem, url, ['one', 'two', 'three'])

  const ada = await visit()
  await enter(ada, room, 'Ada', { camera: false })
  await openBoard(ada)
  await outlined(ada, 'Ada', ['3-mal Rechteck'])
  await take(ada, 'pen')
  await drag(ada, [0.2, 0.8], [0.6, 0.8])
  await outlined(ada, 'Ada', ['3-mal Rechteck', 'Strich'])
  const undo = ada.page.getByRole('button', { name: WORDS['de-DE'].undo, exact: true })
  await undo.click()
  await outlined(ada, 'Ada', ['3-mal Rechteck'])
  await until(
    'there is nothing more to undo',
    async () => (await undo.getAttribute('aria-disabled')) === 'true',
  )
})

/** Draws elements without places through a socket of its own, as a client does that is no Excalidraw. */
async function drawsPlainly({ page }, url, ids) {
  const doc = new Y.Doc()
  doc.transact(() => {
    for (const [at, id] of ids.entries()) {
      const size = { x: 100, y: 100 + 80 * at, width: 90, height: 60 }
      doc
        .getMap('elements')
        .set(id, { id, type: 'rectangle', ...size, version: 1, versionNonce: at + 1, isDeleted: false })
    }
  })
  const update = Y.encodeStateAsUpdate(doc)
  const length = update.length < 128 ? [update.length] : [(update.length & 127) | 128, update.length >> 7]
  // Sync, update, its length and itself.
  const frame = [0, 2, ...length, ...update]
  await page.evaluate(
    ([url, frame]) =>
      new Promise((then) => {
        const socket = new WebSocket(url)
        socket.addEventListener('open', () => {
          socket.send(Uint8Array.from(frame))
          then()
        })
      }),
    [url, frame],
  )
}

/** How many pixels a stroke under way is thick at a part of the board's width. */
function thickness({ page }, x) {
  return page.locator('canvas.live-strokes').evaluate((canvas, x) => {
    const at = Math.round(canvas.width * x)
    const { data } = canvas.getContext('2d').getImageData(at, 0, 1, canvas.height)
    return data.filter((value, at) => at % 4 === 3 && value > 128).length
  }, x)
}

/** Pixels over the finished shapes: strokes under way, and lasers. */
function over({ page }) {
  return page.locator('canvas.live-strokes').evaluate((canvas) => {
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height)
    return data.filter((value, at) => at % 4 === 3 && value > 0).length
  })
}
