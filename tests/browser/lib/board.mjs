// The board as people use it: a tool, the mouse, and ink to be seen.
import { until } from './until.mjs'
import { WORDS } from './words.mjs'

/** Waits until one can draw on the board, which stands beside the people from the beginning. */
export async function openBoard({ page, locale }) {
  await page.locator('canvas.interactive').waitFor()
  await page.getByRole('toolbar', { name: WORDS[locale].tools }).waitFor()
}

/** Takes a tool in hand, by its words. */
export async function take({ page, locale }, tool) {
  const tools = page.getByRole('toolbar', { name: WORDS[locale].tools })
  const button = tools.getByRole('radio', { name: WORDS[locale][tool], exact: true })
  if (await button.count()) return button.click()
  // Where there is little room, what is rarer is in a menu.
  await tools.getByRole('button', { name: WORDS[locale].moreTools }).click()
  await page.getByRole('menuitemradio', { name: WORDS[locale][tool] }).click()
}

/** A point of the board in the window, from its size: (0, 0) is the upper left, (1, 1) the lower right. */
export async function pointOf({ page }, x, y) {
  const box = await page.locator('canvas.interactive').boundingBox()
  return [box.x + box.width * x, box.y + box.height * y]
}

/** Draws from one point to another with the tool in hand. */
export async function drag(visitor, from, to) {
  const { mouse } = visitor.page
  await mouse.move(...(await pointOf(visitor, ...from)))
  await mouse.down()
  await mouse.move(...(await pointOf(visitor, ...to)), { steps: 8 })
  await mouse.up()
}

/** Draws a rectangle somewhere in the middle; `place` (0 … 3) keeps several apart. */
export async function drawRectangle(visitor, place) {
  await take(visitor, 'rectangle')
  const x = 0.3 + 0.12 * place
  await drag(visitor, [x, 0.35], [x + 0.06, 0.5])
}

/** Chooses something in the board's menu. */
export async function choose({ page, locale }, words, role = 'menuitem') {
  await page.getByRole('button', { name: WORDS[locale].boardMenu }).click()
  await page.getByRole(role, { name: words }).click()
}

/** What is on the page, as screen readers hear it: the same for everybody who sees the same. */
export function outline({ page, locale }) {
  return page.getByRole('region', { name: WORDS[locale].outline }).getByRole('listitem').allInnerTexts()
}

/** Waits until the outline is this. */
export async function outlined(visitor, who, lines) {
  let seen = []
  await until(`${who} has ${JSON.stringify(lines)} on the page`, async () => {
    seen = await outline(visitor)
    return JSON.stringify(seen) === JSON.stringify(lines)
  }).catch((error) => {
    throw new Error(`${error.message}; it is ${JSON.stringify(seen)}`)
  })
}

/** Pixels that differ from the background on the canvas of finished shapes. */
export function ink({ page }) {
  return page.locator('canvas.static').evaluate((canvas) => {
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height)
    let count = 0
    for (let at = 0; at < data.length; at += 4) {
      if (data[at + 3] !== data[3] || data[at] !== data[0] || data[at + 1] !== data[1]) count += 1
    }
    return count
  })
}

/** Waits until there is more ink than before. */
export async function moreInk(visitor, who, before) {
  await until(`${who} sees more on the board`, async () => (await ink(visitor)) > before + 50)
  return ink(visitor)
}
