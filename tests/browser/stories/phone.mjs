// A phone: everything fits 390 pixels, the board is a tab, and the meeting works.
import assert from 'node:assert/strict'
import { seesAndHears } from '../lib/media.mjs'
import { atTheDoor, enter } from '../lib/people.mjs'
import { stories } from '../lib/story.mjs'
import { WORDS } from '../lib/words.mjs'

const tell = stories()
const words = WORDS['de-DE']

/** Nothing sticks out sideways, and what is to be pressed is in reach. */
async function fits(page, what) {
  const { wide, room } = await page.evaluate(() => ({
    wide: document.documentElement.scrollWidth,
    room: document.documentElement.clientWidth,
  }))
  assert.ok(wide <= room, `${what} is ${wide} px wide on ${room} px`)
}

tell('a meeting on a phone', async ({ server, visit }) => {
  const room = server.room('Bundesarbeitsgemeinschaft Kegelsport')
  const [desk, phone] = [await visit(), await visit({ phone: true })]
  await enter(desk, room, 'Ada')
  await phone.page.goto(server.origin)
  await phone.page.getByRole('textbox', { name: words.where }).waitFor()
  await fits(phone.page, 'the start page')
  await atTheDoor(phone, room, 'Ben')
  await fits(phone.page, 'the join page')
  await enter(phone, room, 'Ben')
  await Promise.all([seesAndHears(desk.page, 'Ada'), seesAndHears(phone.page, 'Ben')])
  await fits(phone.page, 'the meeting')
  await phone.page
    .getByRole('tab', { name: words.board })
    .or(phone.page.getByRole('button', { name: words.board, exact: true }))
    .first()
    .click()
  await phone.page.locator('canvas.interactive').waitFor()
  await fits(phone.page, 'the board')
  for (const name of [words.microphone, words.camera, words.hangUp]) {
    const box = await phone.page.getByRole('button', { name }).first().boundingBox()
    assert.ok(
      box && box.x >= 0 && box.x + box.width <= 390 && box.y + box.height <= 844,
      `${name} is in reach`,
    )
    assert.ok(Math.min(box.width, box.height) >= 24, `${name} is large enough`)
  }
})
