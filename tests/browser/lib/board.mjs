// The board as people use it: a tool, the mouse, and ink to be seen.
import assert from 'node:assert/strict'
import { until } from './until.mjs'
import { WORDS } from './words.mjs'

/** Waits until one can draw on the board, which stands beside the people from the beginning. */
export async function openBoard({ page, locale }) {
  await page.locator('canvas.interactive').waitFor()
  await page.getByRole('toolbar', { name: WORDS[locale].tools }).waitFor()
}

/** Takes a tool in hand, by its words. */
export async function take({ page, locale }, tool, role = 'menuitemradio') {
  const tools = page.getByRole('toolbar', { name: WORDS[locale].tools })
  const button = tools.getByRole('radio', { name: WORDS[locale][tool], exact: true })
  if (await button.count()) return button.click()
  // Where there is little room, what is rarer is in a menu.
  await tools.getByRole('button', { name: WORDS[locale].moreTools }).click()
  await page.getByRole(role, { name: WORDS[locale][tool] }).click()
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

/** Draws through these points with a pen that is pressed ever harder; `held` is what happens before it is lifted. */
export async function stroke(visitor, places, held = async () => {}) {
  const pen = await visitor.page.context().newCDPSession(visitor.page)
  const points = await Promise.all(places.map(([x, y]) => pointOf(visitor, x, y)))
  const send = (type, at, buttons) =>
    pen.send('Input.dispatchMouseEvent', {
      type,
      x: points[at][0],
      y: points[at][1],
      button: buttons || type !== 'mouseMoved' ? 'left' : 'none',
      buttons,
      clickCount: 1,
      pointerType: 'pen',
      force: 0.15 + (0.7 * at) / points.length,
    })
  await send('mouseMoved', 0, 0)
  await send('mousePressed', 0, 1)
  for (let at = 1; at < points.length; at += 1) await send('mouseMoved', at, 1)
  await held()
  await send('mouseReleased', points.length - 1, 0)
  await pen.detach()
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

/** Gives a file to one of the board's choosers, which are hidden behind menus: `slides`, `picture` or `drawing`. */
export function bring({ page }, chooser, name, mimeType, buffer) {
  return page.locator(`[data-chooser=${chooser}]`).setInputFiles({ name, mimeType, buffer })
}

/** Pixels of the green band of `pdf`'s pages on the canvas beneath the drawing. */
export function green({ page }) {
  return page.locator('canvas.slide').evaluate((canvas) => {
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height)
    let count = 0
    for (let at = 0; at < data.length; at += 4) {
      if (data[at] < 60 && data[at + 1] > 60 && data[at + 1] < 120 && data[at + 2] < 100) count += 1
    }
    return count
  })
}

/** Whether the finished shapes are red there, (0, 0) being the upper left and (1, 1) the lower right. */
export function isRedAt({ page }, x, y) {
  return page.locator('canvas.static').evaluate(
    (canvas, [x, y]) => {
      const at = [Math.round(canvas.width * x), Math.round(canvas.height * y), 1, 1]
      const { data } = canvas.getContext('2d').getImageData(...at)
      return data[3] > 0 && data[0] > 150 && data[1] < 110
    },
    [x, y],
  )
}

/** A red photo as a phone makes it: lying on its side, with where it was taken written into it. */
export async function photo({ page }, place) {
  const plain = await page.evaluate(() => {
    const canvas = document.createElement('canvas')
    canvas.width = 900
    canvas.height = 600
    const context = canvas.getContext('2d')
    context.fillStyle = '#c9402f'
    context.fillRect(0, 0, 900, 600)
    return canvas.toDataURL('image/jpeg').split(',')[1]
  })
  const picture = Buffer.from(plain, 'base64')
  // Big-endian TIFF: two entries, the orientation (6: turn it right) and a description that follows them.
  const head = Buffer.from('4d4d002a00000008' + '0002' + '011200030000000100060000' + '010e0002', 'hex')
  const counts = Buffer.alloc(12)
  counts.writeUInt32BE(place.length + 1, 0)
  counts.writeUInt32BE(38, 4)
  const exif = Buffer.concat([Buffer.from('Exif\0\0'), head, counts, Buffer.from(`${place}\0`)])
  const marker = Buffer.from([0xff, 0xe1, 0, 0])
  marker.writeUInt16BE(exif.length + 2, 2)
  return Buffer.concat([picture.subarray(0, 2), marker, exif, picture.subarray(2)])
}

/** Notes what sockets that a visitor opens from now on bring, and the files that they fetch. */
export function watchBoard({ page }) {
  const frames = []
  const files = []
  page.on('response', (answer) => answer.url().includes('/files/') && files.push(answer))
  page.on('websocket', (socket) =>
    socket.on('framereceived', ({ payload }) => typeof payload !== 'string' && frames.push(payload)),
  )
  return { frames, files }
}

/** The document came, and pictures were no part of it. */
export function noPictures(frames) {
  assert.ok(frames.length > 5, `${frames.length} frames came`)
  assert.ok(!frames.some((frame) => frame.includes('data:image')), 'no picture came by the document')
}
