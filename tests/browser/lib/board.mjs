// The board as people use it: a tool, the mouse, and ink to be seen.
import { until } from './until.mjs'
import { WORDS } from './words.mjs'

/** Waits until one can draw on the board, which stands beside the people from the beginning. */
export async function openBoard({ page, locale }) {
  await page.locator('canvas.interactive').waitFor()
  await page.getByRole('radio', { name: WORDS[locale].rectangle }).waitFor({ state: 'attached' })
}

/** Draws a rectangle somewhere in the middle; `place` (0 … 3) keeps several apart. */
export async function drawRectangle({ page, locale }, place) {
  await page
    .getByTitle(new RegExp(`^${WORDS[locale].rectangle}`))
    .first()
    .click()
  const box = await page.locator('canvas.interactive').boundingBox()
  const x = box.x + box.width * (0.3 + 0.12 * place)
  const y = box.y + box.height * 0.4
  await page.mouse.move(x, y)
  await page.mouse.down()
  await page.mouse.move(x + 40, y + 90, { steps: 6 })
  await page.mouse.up()
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
