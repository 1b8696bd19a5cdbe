// Slides become pages that everybody sees and draws on, the first of them while the last are still on their way; what is no
// slides is told in words and leaves nothing, nor does what was cancelled on its way. Pictures that are pasted, dropped or
// photographed reach everybody without being in the document, and without what a camera writes into them; copied, they
// are taken to other rooms.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  bring,
  choose,
  drag,
  drawRectangle,
  green,
  ink,
  isRedAt,
  noPictures,
  openBoard,
  outline,
  outlined,
  photo,
  pointOf,
  take,
  watchBoard,
} from '../lib/board.mjs'
import { pdf } from '../lib/pdf.mjs'
import { enter } from '../lib/people.mjs'
import { stories } from '../lib/story.mjs'
import { until } from '../lib/until.mjs'
import { WORDS } from '../lib/words.mjs'

const tell = stories()
const [de, en] = [WORDS['de-DE'], WORDS['en-GB']]

async function together({ server, visit }) {
  const room = server.room('Plenum')
  const [ada, ben] = [await visit(), await visit({ locale: 'en-GB' })]
  const watched = watchBoard(ben)
  await enter(ada, room, 'Ada', { camera: false })
  await enter(ben, room, 'Ben', { camera: false })
  await openBoard(ada)
  await openBoard(ben)
  return [ada, ben, watched]
}

tell('slides, and drawing on them', async (stage) => {
  const [ada, ben] = await together(stage)
  await bring(ada, 'slides', 'Sommerfest.pdf', 'application/pdf', pdf(3))
  await ada.page.getByRole('button', { name: de.pageOf(2, 4) }).waitFor()
  await until('Ada sees the slide', async () => (await green(ada)) > 500)
  await ben.page.getByRole('button', { name: en.pageOf(1, 4) }).waitFor()
  await ben.page.getByRole('button', { name: en.nextPage }).click()
  await until('Ben sees the slide', async () => (await green(ben)) > 500)

  await take(ben, 'pen')
  await drag(ben, [0.3, 0.5], [0.6, 0.55])
  await outlined(ada, 'Ada', ['Strich'])
  // Nearer, the slide is drawn anew, as sharp as the screen is.
  const far = await green(ben)
  for (let at = 0; at < 3; at += 1) await ben.page.getByRole('button', { name: 'Larger' }).click()
  await until('the slide is larger', async () => (await green(ben)) > far)
})

tell('the first slides are there while the others are on their way', async (stage) => {
  const [ada, ben] = await together(stage)
  const talk = pdf(5, { heavy: 400_000 })
  assert.ok(talk.length > 2_000_000, 'it travels in parts')
  const uploads = await holdUploads(ada)
  const bens = (n, all) => ben.page.getByRole('button', { name: en.pageOf(n, all) }).waitFor()

  await bring(ada, 'slides', 'Vortrag.pdf', 'application/pdf', talk)
  await uploads.held(1)
  await uploads.passes(2)
  await uploads.held(3)
  await bens(1, 3)
  await ben.page.getByRole('button', { name: en.nextPage }).click()
  await until('Ben sees the first slide', async () => (await green(ben)) > 500)
  await take(ben, 'pen')
  await drag(ben, [0.3, 0.5], [0.6, 0.55])
  await ada.page.getByRole('button', { name: de.pageOf(2, 3) }).waitFor()
  await outlined(ada, 'Ada', ['Strich'])
  await ada.page.getByRole('progressbar', { name: de.slidesComing }).waitFor()

  // Cancelled, nothing of them stays, neither here nor there.
  await ada.page.getByRole('button', { name: de.cancel, exact: true }).click()
  await bens(1, 1)
  await ada.page.getByRole('button', { name: de.pageOf(1, 1) }).waitFor()
  assert.ok(await ada.page.getByRole('button', { name: de.undo, exact: true }).isDisabled())
  await uploads.passes(Infinity)

  // Once more: the line breaks for one of them, and Ada draws meanwhile, which is taken back by itself.
  await uploads.holds()
  await bring(ada, 'slides', 'Vortrag.pdf', 'application/pdf', talk)
  await uploads.passes(1)
  await ada.page.getByRole('button', { name: de.pageOf(2, 2) }).waitFor()
  await take(ada, 'pen')
  await drag(ada, [0.3, 0.5], [0.6, 0.55])
  await outlined(ada, 'Ada', ['Strich'])
  await uploads.breaks()
  await uploads.passes(Infinity)
  await bens(1, 6)
  await ben.page.getByRole('button', { name: en.nextPage }).click()
  await outlined(ben, 'Ben', ['Stroke'])
  for (let at = 0; at < 4; at += 1) await ben.page.getByRole('button', { name: en.nextPage }).click()
  await bens(6, 6)
  await until('Ben sees the last slide', async () => (await green(ben)) > 500)
  await outlined(ben, 'Ben', [])
  const undo = ada.page.getByRole('button', { name: de.undo, exact: true })
  await undo.click()
  await outlined(ada, 'Ada', [])
  await bens(6, 6)
  await undo.click()
  await bens(1, 1)
})

tell('what cannot be slides, and slides that are cancelled on their way', async (stage) => {
  const [ada, ben] = await together(stage)
  const uploads = []
  ada.page.on('request', (asked) => asked.method() === 'POST' && uploads.push(asked.url()))
  const broken = Buffer.from('%PDF-1.4 nothing of what it should be')
  const wrong = [
    ['kaputt.pdf', broken, de.slidesBroken],
    ['verschlossen.pdf', pdf(2, { locked: true }), de.slidesLocked],
    ['lang.pdf', pdf(301), de.slidesMany],
    // Its name does not make it one.
    ['umbenannt.pdf', Buffer.from('PK nothing'), de.slidesBroken],
    ['riesig.pdf', Buffer.concat([broken], 50_000_001), de.slidesLarge],
    ['Vortrag.pptx', Buffer.from('PK nothing'), de.fileUnknown],
  ]
  for (const [name, bytes, sentence] of wrong) {
    await bring(ada, 'slides', name, name.endsWith('.pdf') ? 'application/pdf' : 'application/zip', bytes)
    await ada.page.getByText(sentence).waitFor()
    await ada.page.getByRole('button', { name: de.understood, exact: true }).click()
  }
  assert.deepEqual(uploads, [], 'nothing of these left the machine')

  // So slow a line that there is time to see how far it is.
  const line = await ada.page.context().newCDPSession(ada.page)
  const speed = (uploadThroughput) =>
    line.send('Network.emulateNetworkConditions', {
      offline: false,
      latency: 0,
      downloadThroughput: -1,
      uploadThroughput,
    })
  await speed(400_000)
  await bring(ada, 'slides', 'Sommerfest.pdf', 'application/pdf', pdf(2, { heavy: 4_000_000 }))
  const bar = ada.page.getByRole('progressbar', { name: de.slidesComing })
  const far = async () => Number(await bar.getAttribute('value'))
  await until('a part of it is on its way', async () => (await far()) > 12)
  const cancelled = ada.page.waitForEvent('requestfailed', (asked) => asked.url().includes('/files'))
  await ada.page.getByRole('button', { name: de.cancel, exact: true }).click()
  await cancelled
  await bar.waitFor({ state: 'detached' })

  await speed(-1)
  await bring(ada, 'slides', 'Sommerfest.pdf', 'application/pdf', pdf(300))
  await ada.page.getByRole('button', { name: de.pageOf(2, 301) }).waitFor()
  await ben.page.getByRole('button', { name: en.pageOf(1, 301) }).waitFor()
  await until('Ada sees the slide', async () => (await green(ada)) > 500)
  // All of them are one step.
  await ada.page.getByRole('button', { name: de.undo, exact: true }).click()
  await ben.page.getByRole('button', { name: en.pageOf(1, 1) }).waitFor()
})

tell('pictures are pasted, dropped and photographed', async (stage) => {
  const [ada, ben, { frames, files }] = await together(stage)
  const phone = await stage.visit({ phone: true })
  await enter(phone, stage.server.room('Nebenan'), 'Cem', { camera: false })
  await take(ada, 'selection')
  await ada.page.locator('.excalidraw').first().focus()
  await ada.page.evaluate(async () => {
    const canvas = document.createElement('canvas')
    canvas.width = 900
    canvas.height = 600
    const context = canvas.getContext('2d')
    context.fillStyle = '#c9402f'
    context.fillRect(0, 0, 900, 600)
    const blob = await new Promise((then) => canvas.toBlob(then, 'image/png'))
    const clipboardData = new DataTransfer()
    clipboardData.items.add(new File([blob], 'rot.png', { type: 'image/png' }))
    document.activeElement.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true }))
  })
  await outlined(ada, 'Ada', ['Bild'])
  await outlined(ben, 'Ben', ['Picture'])
  await until('Ben sees red', () => isRedAt(ben, 0.5, 0.5))
  await ada.page.getByRole('button', { name: de.undo, exact: true }).click()
  await outlined(ben, 'Ben', [])
  await until('the red is gone', async () => !(await isRedAt(ada, 0.5, 0.5)))

  // Dropped, it lies where it was let go.
  const place = 'Kegelkeller, Hinterhaus'
  const bytes = await photo(ada, place)
  assert.ok(bytes.includes(place))
  await drop(ada, 'keller.jpg', bytes, [0.4, 0.55])
  await outlined(ben, 'Ben', ['Picture'])
  await until('it is red there', () => isRedAt(ada, 0.4, 0.55))
  await until('Ben has both pictures', () => files.length === 2)
  const answer = files[1]
  assert.deepEqual([answer.status(), answer.headers()['content-type']], [200, 'image/jpeg'])
  const kept = await asKept(ben, answer.url())
  assert.ok(!kept.bytes.includes(place) && !kept.bytes.includes('Exif'), 'where it was taken stays a secret')
  assert.deepEqual([kept.width, kept.height], [600, 900], 'it stands upright')
  noPictures(frames)

  // On a phone the camera is a press away.
  await phone.page.getByRole('button', { name: de.board, exact: true }).click()
  await openBoard(phone)
  const asked = phone.page.waitForEvent('filechooser')
  await choose(phone, de.photo)
  const chooser = await asked
  assert.equal(await chooser.element().evaluate((input) => input.getAttribute('capture')), 'environment')
  await chooser.setFiles({ name: 'image.jpg', mimeType: 'image/jpeg', buffer: bytes })
  await outlined(phone, 'Cem', ['Bild'])
  await until('the photo is there', () => isRedAt(phone, 0.5, 0.5))
})

tell('pictures are copied in one room and pasted in another', async (stage) => {
  const [ada, ben, { frames, files }] = await together(stage)
  await bring(ada, 'picture', 'keller.jpg', 'image/jpeg', await photo(ada, 'Kegelkeller'))
  await until('the picture is there', () => isRedAt(ada, 0.5, 0.5))
  await drawRectangle(ada, 0)
  await take(ada, 'selection')
  await ada.page.locator('.excalidraw').first().focus()
  await ada.page.keyboard.press('Control+a')
  const copy = () => ada.page.evaluate(() => navigator.clipboard.readText())
  await until('the picture is in the clipboard', async () => {
    await ada.page.keyboard.press('Control+c')
    return (await copy()).includes('data:image/')
  })
  // Elsewhere they are pasted by somebody who has never been here.
  const text = await copy()
  const eva = await stage.visit()
  await enter(eva, stage.server.room('Nebenan'), 'Eva', { camera: false })
  await openBoard(eva)
  const upload = eva.page.waitForEvent(
    'request',
    (asked) => asked.method() === 'POST' && asked.url().includes('/files'),
  )
  await paste(eva, text)
  await outlined(eva, 'Eva', ['Bild', 'Rechteck'])
  await upload
  await until('Eva has the picture', async () => (await ink(eva)) > 20_000)

  // What has no data in it is left out, and Eva is told.
  const lost = text
    .replaceAll(/data:image[^"]*/g, 'blob:https://localhost/gone')
    .replaceAll(/"fileId":"[^"]*"/g, '"fileId":"gone"')
  await paste(eva, lost)
  await eva.page.getByText(de.picturesLeftOut).waitFor()
  await outlined(eva, 'Eva', ['Bild', '2-mal Rechteck'])

  // In the same room it is the same picture: nothing is uploaded or fetched anew.
  const before = files.length
  await paste(ada, text)
  await outlined(ben, 'Ben', ['Picture, 2 times', 'Rectangle, 2 times'])
  assert.equal(files.length, before)
  noPictures(frames)
})

/** Pastes a text onto the board, somewhere in the middle. */
async function paste(visitor, text) {
  await take(visitor, 'selection')
  await visitor.page.locator('.excalidraw').first().focus()
  await visitor.page.mouse.move(...(await pointOf(visitor, 0.5, 0.5)))
  await visitor.page.evaluate((text) => {
    const clipboardData = new DataTransfer()
    clipboardData.setData('text/plain', text)
    document.activeElement.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true }))
  }, text)
}

/** Holds back what a visitor uploads until it may pass. */
async function holdUploads({ page }) {
  let open = 0
  let seen = 0
  const waiting = []
  const next = () => {
    while (open > 0 && waiting.length > 0) {
      open -= 1
      waiting.shift().continue().catch(cancelled)
    }
  }
  await page.route(/\/api\/board\/[^/]+\/files\?/, (route) => {
    seen += 1
    waiting.push(route)
    next()
  })
  return {
    held: (count) => until(`${count} uploads were asked for`, () => seen === count),
    holds: () => (open = 0),
    passes: (count) => {
      open = count
      next()
    },
    breaks: async () => {
      await until('an upload is on its way', () => waiting.length > 0)
      await waiting.shift().abort('connectionreset')
    },
  }
}

/** What was cancelled while it was held back passes nowhere. */
function cancelled() {}

/** Drops a file from outside the browser onto a point of the board. */
async function drop(visitor, name, bytes, place) {
  const folder = mkdtempSync(join(tmpdir(), 'kegelbahn-drop-'))
  const file = join(folder, name)
  writeFileSync(file, bytes)
  const hand = await visitor.page.context().newCDPSession(visitor.page)
  const [x, y] = await pointOf(visitor, ...place)
  const data = { items: [], files: [file], dragOperationsMask: 1 }
  for (const type of ['dragEnter', 'dragOver'])
    await hand.send('Input.dispatchDragEvent', { type, x, y, data })
  await visitor.page.getByText(WORDS[visitor.locale].dropHere).waitFor()
  await hand.send('Input.dispatchDragEvent', { type: 'drop', x, y, data })
  await visitor.page.getByText(WORDS[visitor.locale].dropHere).waitFor({ state: 'detached' })
  await until('it was read', async () => (await outline(visitor)).length > 0)
  rmSync(folder, { recursive: true })
}

/** A file as the server gives it out, and how large the picture is as it lies in there. */
async function asKept({ page }, url) {
  const { base64, ...size } = await page.evaluate(async (url) => {
    const blob = await (await fetch(url)).blob()
    const { width, height } = await createImageBitmap(blob, { imageOrientation: 'none' })
    const bytes = new Uint8Array(await blob.arrayBuffer())
    return { width, height, base64: btoa(String.fromCharCode(...bytes)) }
  }, url)
  return { ...size, bytes: Buffer.from(base64, 'base64') }
}
