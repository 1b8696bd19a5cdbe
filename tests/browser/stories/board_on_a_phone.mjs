// The board on a phone: a finger draws, two fingers move and enlarge and draw nothing, everything needed is in reach; and
// where there is a pen, fingers leave the drawing to it.
import assert from 'node:assert/strict'
import { openBoard, outlined, pointOf, stroke, take } from '../lib/board.mjs'
import { isAccessible } from '../lib/axe.mjs'
import { enter } from '../lib/people.mjs'
import { stories } from '../lib/story.mjs'
import { until } from '../lib/until.mjs'
import { WORDS } from '../lib/words.mjs'

const tell = stories()
const de = WORDS['de-DE']

/** Moves fingers over the glass: each is a list of points, as many as the others have. */
async function touch(visitor, fingers) {
  const client = await visitor.page.context().newCDPSession(visitor.page)
  const points = await Promise.all(
    fingers.map((finger) => Promise.all(finger.map(([x, y]) => pointOf(visitor, x, y)))),
  )
  const at = (step) =>
    points.map((finger, id) => ({
      x: finger[step][0],
      y: finger[step][1],
      id,
    }))
  await client.send('Input.dispatchTouchEvent', {
    type: 'touchStart',
    touchPoints: at(0),
  })
  for (let step = 1; step < points[0].length; step += 1) {
    await client.send('Input.dispatchTouchEvent', {
      type: 'touchMove',
      touchPoints: at(step),
    })
  }
  await client.send('Input.dispatchTouchEvent', {
    type: 'touchEnd',
    touchPoints: [],
  })
  await client.detach()
}

const line = (from, to) =>
  Array.from({ length: 8 }, (_, at) => [0, 1].map((axis) => from[axis] + ((to[axis] - from[axis]) * at) / 7))

tell('a finger draws, two fingers move', async ({ server, visit }) => {
  const room = server.room('Plenum')
  const [phone, desk] = [await visit({ phone: true }), await visit()]
  await enter(phone, room, 'Ada', { camera: false })
  await enter(desk, room, 'Ben', { camera: false })
  await phone.page.getByRole('button', { name: de.board, exact: true }).click()
  await openBoard(phone)
  await openBoard(desk)
  await take(phone, 'pen')
  await touch(phone, [line([0.2, 0.3], [0.7, 0.4])])
  await outlined(phone, 'Ada', ['Strich'])
  await outlined(desk, 'Ben', ['Strich'])

  const zoom = () =>
    phone.page.locator('.canvas').evaluate((canvas) => canvas.style.getPropertyValue('--board-x'))
  const before = await zoom()
  await touch(phone, [line([0.45, 0.5], [0.2, 0.35]), line([0.55, 0.55], [0.8, 0.7])])
  await until('two fingers moved the board', async () => (await zoom()) !== before)
  await outlined(phone, 'Ada', ['Strich'])

  for (const name of [de.undo, de.boardMenu, de.styles, de.nextPage]) {
    const box = await phone.page.getByRole('button', { name }).first().boundingBox()
    assert.ok(
      box && box.x >= 0 && box.x + box.width <= 390 && box.y + box.height <= 844,
      `${name} is in reach`,
    )
    assert.ok(Math.min(box.width, box.height) >= 40, `${name} is large enough for a finger`)
  }
  await phone.page.getByRole('button', { name: de.undo, exact: true }).click()
  await outlined(desk, 'Ben', [])

  // With a pen in hand, a finger moves the board instead of drawing, until one says that it shall draw as well.
  await stroke(phone, line([0.2, 0.3], [0.7, 0.4]))
  await outlined(desk, 'Ben', ['Strich'])
  const place = await zoom()
  await touch(phone, [line([0.3, 0.5], [0.6, 0.6])])
  await until('the finger moved the board', async () => (await zoom()) !== place)
  await take(phone, 'fingers', 'menuitemcheckbox')
  await touch(phone, [line([0.2, 0.6], [0.7, 0.7])])
  await outlined(desk, 'Ben', ['2-mal Strich'])

  await phone.page.getByRole('button', { name: de.pageOf(1, 1) }).click()
  await isAccessible(phone.page, 'the board on a phone')
})
