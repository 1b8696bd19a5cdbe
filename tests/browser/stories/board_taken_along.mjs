// What is taken along is what was on the board: every format is read again, and what comes back as a file is drawn as it
// was, with its pictures uploaded anew.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import {
  bring,
  choose,
  drag,
  drawRectangle,
  green,
  isRedAt,
  noPictures,
  openBoard,
  outline,
  outlined,
  photo,
  pointOf,
  stroke,
  take,
  watchBoard,
} from '../lib/board.mjs'
import { pdf } from '../lib/pdf.mjs'
import { enter } from '../lib/people.mjs'
import { stories } from '../lib/story.mjs'
import { until } from '../lib/until.mjs'
import { WORDS } from '../lib/words.mjs'
import { unpacked, unzipped } from '../lib/zip.mjs'

const tell = stories()
const de = WORDS['de-DE']

tell('the board as a file, and back', async ({ server, visit }) => {
  const room = server.room('Plenum')
  const [ada, ben] = [await visit(), await visit()]
  const { frames, files: fetched } = watchBoard(ben)
  await enter(ada, room, 'Ada', { camera: false })
  await enter(ben, room, 'Ben', { camera: false })
  await openBoard(ada)
  await openBoard(ben)
  await fill(ada)
  const lines = ['Kuchenliste', 'Bild', '2-mal Strich', 'Rechteck']
  await outlined(ada, 'Ada', lines)
  await outlined(ben, 'Ben', lines)

  // One page: a picture that is not blank, a drawing that can be searched, and a file to draw on.
  const png = await seen(ada, (await taken(ada, 'png')).bytes)
  assert.ok(png.red > 10_000 && png.ink > png.red + 1000 && png.white > 10_000, JSON.stringify(png))
  const svg = await taken(ada, 'svg')
  assert.match(svg.name, /\.svg$/)
  const { kinds, texts } = await parsed(ada, svg.bytes)
  assert.ok(kinds.image === 1 && kinds.path > 2, JSON.stringify(kinds))
  assert.ok(texts.includes('Kuchenliste'))
  assert.ok(svg.bytes.includes('data:font/woff2;base64,'), 'its typeface comes along')
  const { name, bytes } = await taken(ada, 'excalidraw')
  const file = JSON.parse(bytes)
  assert.equal(file.type, 'excalidraw')
  const [marker, ...others] = file.elements
  assert.deepEqual([marker.type, marker.opacity], ['freedraw', 40], 'the marker lies behind the rest')
  const { simulatePressure, pressures } = others.find(({ type }) => type === 'freedraw')
  assert.equal(simulatePressure, false)
  assert.ok(pressures.at(-2) > pressures[0] + 0.3, `pressed harder and harder: ${pressures}`)
  const { fileId } = others.find(({ type }) => type === 'image')
  assert.match(file.files[fileId].dataURL, /^data:image\/jpeg;base64,/)

  // All pages, with slides beneath.
  await bring(ada, 'slides', 'Sommerfest.pdf', 'application/pdf', pdf(2))
  await until('Ada sees the slide', async () => (await green(ada)) > 500)
  await drawRectangle(ada, 2)
  await outlined(ben, 'Ben', lines)
  const pictures = await taken(ada, 'png', 'all')
  assert.match(pictures.name, /\.zip$/)
  const all = await Promise.all([...unzipped(pictures.bytes).values()].map((bytes) => seen(ada, bytes)))
  assert.deepEqual(
    all.map(({ green, red }) => [green > 1000, red > 1000]),
    [
      [false, true],
      [true, false],
      [true, false],
    ],
  )
  assert.ok(all[1].ink > all[2].ink + 100, 'what was drawn on the slide lies over it')
  const drawings = unzipped((await taken(ada, 'svg', 'all')).bytes)
  const over = await parsed(ada, [...drawings.values()][1])
  assert.ok(over.kinds.image === 1 && over.kinds.path > 0, JSON.stringify(over))
  const files = [...unzipped((await taken(ada, 'excalidraw', 'all')).bytes).values()].map((one) =>
    JSON.parse(one),
  )
  assert.deepEqual(
    files.map(({ elements }) => elements.map(({ type }) => type).toSorted()),
    [['freedraw', 'freedraw', 'image', 'rectangle', 'text'], ['image', 'rectangle'], ['image']],
  )

  // As a PDF it has three pages, whose slides can still be searched; here it becomes three more.
  const paper = await taken(ada, 'pdf', 'all')
  assert.ok(unpacked(paper.bytes).includes('(Page 1) Tj'), 'the slide is text, not a picture')
  await bring(ada, 'slides', paper.name, 'application/pdf', paper.bytes)
  await ben.page.getByRole('button', { name: de.pageOf(1, 6) }).waitFor()
  await ada.page.getByRole('button', { name: de.nextPage }).click()
  await until('the slide within the slide is green', async () => (await green(ada)) > 500)

  // The Excalidraw file comes back as a page, and its picture as an upload.
  const before = fetched.length
  const elsewhere = (text, id) => text.replaceAll(fileId, id)
  await bring(ada, 'drawing', name, '', Buffer.from(elsewhere(bytes.toString(), 'one')))
  await outlined(ada, 'Ada', lines)
  const pages = ben.page.getByRole('button', { name: de.nextPage })
  for (let page = 1; page < 5; page += 1) await pages.click()
  await outlined(ben, 'Ben', lines)
  await until('Ben has the picture', () => fetched.length > before)
  assert.equal(fetched.at(-1).headers()['content-type'], 'image/jpeg')

  // So does what was copied on another board.
  const copied = {
    ...file,
    type: 'excalidraw/clipboard',
    elements: file.elements.filter(({ type }) => type === 'image'),
  }
  await take(ada, 'selection')
  await ada.page.locator('.excalidraw').first().focus()
  await ada.page.mouse.move(...(await pointOf(ada, 0.5, 0.8)))
  await ada.page.evaluate(
    (text) => {
      const clipboardData = new DataTransfer()
      clipboardData.setData('text/plain', text)
      document.activeElement.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true }))
    },
    elsewhere(JSON.stringify(copied), 'two'),
  )
  await outlined(ben, 'Ben', ['Kuchenliste', '2-mal Bild', '2-mal Strich', 'Rechteck'])
  await until('Ben has that picture, too', () => fetched.length > before + 1)
  noPictures(frames)

  await bring(ada, 'drawing', 'kaputt.excalidraw', '', Buffer.from('{"type":'))
  await ada.page.getByText(de.notADrawing).waitFor()
})

/** One of everything that matters for a file. */
async function fill(visitor) {
  await bring(visitor, 'picture', 'keller.jpg', 'image/jpeg', await photo(visitor, 'Kegelkeller'))
  await until('the picture is there', () => isRedAt(visitor, 0.5, 0.5))
  await drawRectangle(visitor, 0)
  await take(visitor, 'marker')
  await drag(visitor, [0.25, 0.4], [0.45, 0.45])
  await take(visitor, 'pen')
  await stroke(
    visitor,
    Array.from({ length: 12 }, (_, at) => [0.3 + at / 40, 0.6 + (at % 3) / 50]),
  )
  await take(visitor, 'text')
  await visitor.page.mouse.click(...(await pointOf(visitor, 0.6, 0.3)))
  await visitor.page.keyboard.type('Kuchenliste')
  await visitor.page.keyboard.press('Escape')
}

/** Takes the page or all of them along; what was saved. */
async function taken(visitor, format, which = 'page') {
  await choose(visitor, de.takeAlong)
  const dialog = visitor.page.getByRole('dialog')
  if (which === 'all') await dialog.getByRole('button', { name: de.allPages }).click()
  await dialog.locator(`input[value=${format}]`).check({ force: true })
  const saved = visitor.page.waitForEvent('download')
  await dialog.getByRole('button', { name: de.save }).click()
  const file = await saved
  return { name: file.suggestedFilename(), bytes: readFileSync(await file.path()) }
}

/** Of a picture: so many pixels of these colours, and so many that are not white. */
function seen({ page }, bytes) {
  return page.evaluate(async (base64) => {
    const binary = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
    const picture = await createImageBitmap(new Blob([binary]))
    const canvas = new OffscreenCanvas(picture.width, picture.height)
    const context = canvas.getContext('2d')
    context.drawImage(picture, 0, 0)
    const { data } = context.getImageData(0, 0, canvas.width, canvas.height)
    const counts = { white: 0, ink: 0, red: 0, green: 0 }
    for (let at = 0; at < data.length; at += 4) {
      const [r, g, b] = [data[at], data[at + 1], data[at + 2]]
      counts[Math.min(r, g, b) > 250 ? 'white' : 'ink'] += 1
      if (r > 150 && g < 110) counts.red += 1
      if (r < 60 && g > 60 && g < 120 && b < 100) counts.green += 1
    }
    return counts
  }, bytes.toString('base64'))
}

/** Of a drawing: how many of which kind, and what is written. */
function parsed({ page }, bytes) {
  return page.evaluate((text) => {
    const root = new DOMParser().parseFromString(text, 'image/svg+xml')
    const kinds = {}
    for (const { tagName } of root.querySelectorAll('*')) kinds[tagName] = (kinds[tagName] ?? 0) + 1
    return { kinds, texts: root.documentElement.textContent }
  }, bytes.toString('utf8'))
}
