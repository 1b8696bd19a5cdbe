// Slides become pages that everybody sees and draws on; what is no slides is told in words and leaves nothing, nor does
// what was cancelled on its way; and a pasted picture reaches everybody without being in the document.
import assert from 'node:assert/strict'
import { drag, openBoard, outlined, take } from '../lib/board.mjs'
import { pdf } from '../lib/pdf.mjs'
import { enter } from '../lib/people.mjs'
import { stories } from '../lib/story.mjs'
import { until } from '../lib/until.mjs'
import { WORDS } from '../lib/words.mjs'

const tell = stories()
const [de, en] = [WORDS['de-DE'], WORDS['en-GB']]

/** Pixels of the slide's green band on the canvas beneath the drawing. */
function green({ page }) {
  return page.locator('canvas.slide').evaluate((canvas) => {
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height)
    let count = 0
    for (let at = 0; at < data.length; at += 4) {
      if (data[at] < 60 && data[at + 1] > 60 && data[at + 1] < 120 && data[at + 2] < 100) count += 1
    }
    return count
  })
}

async function together({ server, visit }) {
  const room = server.room('Plenum')
  const [ada, ben] = [await visit(), await visit({ locale: 'en-GB' })]
  await enter(ada, room, 'Ada', { camera: false })
  await enter(ben, room, 'Ben', { camera: false })
  await openBoard(ada)
  await openBoard(ben)
  return [ada, ben]
}

const choose = ({ page }, name, mimeType, buffer) =>
  page.locator('[data-chooser=slides]').setInputFiles({ name, mimeType, buffer })

tell('slides, and drawing on them', async (stage) => {
  const [ada, ben] = await together(stage)
  await choose(ada, 'Sommerfest.pdf', 'application/pdf', pdf(3))
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
    await choose(ada, name, name.endsWith('.pdf') ? 'application/pdf' : 'application/zip', bytes)
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
  await choose(ada, 'Sommerfest.pdf', 'application/pdf', pdf(60, { ballast: 8_000_000 }))
  const bar = ada.page.getByRole('progressbar', { name: de.slidesComing })
  const far = async () => Number(await bar.getAttribute('value'))
  await until('a part of it is on its way', async () => (await far()) > 12)
  const cancelled = ada.page.waitForEvent('requestfailed', (asked) => asked.url().includes('/files'))
  await ada.page.getByRole('button', { name: de.cancel, exact: true }).click()
  await cancelled
  await bar.waitFor({ state: 'detached' })

  await speed(-1)
  await choose(ada, 'Sommerfest.pdf', 'application/pdf', pdf(300))
  await ada.page.getByRole('button', { name: de.pageOf(2, 301) }).waitFor()
  await ben.page.getByRole('button', { name: en.pageOf(1, 301) }).waitFor()
  await until('Ada sees the slide', async () => (await green(ada)) > 500)
  // All of them are one step.
  await ada.page.getByRole('button', { name: de.undo, exact: true }).click()
  await ben.page.getByRole('button', { name: en.pageOf(1, 1) }).waitFor()
})

tell('a pasted picture', async (stage) => {
  const [ada, ben] = await together(stage)
  const files = []
  ben.page.on('response', (answer) => answer.url().includes('/files/') && files.push(answer.status()))
  const frames = []
  ben.page.on('websocket', (socket) =>
    socket.on('framereceived', ({ payload }) => typeof payload !== 'string' && frames.push(payload)),
  )
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
  await until('Ben has the picture', () => files.length > 0)
  assert.deepEqual(files, [200])
  await until('Ben sees red', () =>
    ben.page.locator('canvas.static').evaluate((canvas) => {
      const { data } = canvas.getContext('2d').getImageData(canvas.width / 2, canvas.height / 2, 1, 1)
      return data[0] > 150 && data[1] < 110
    }),
  )
  assert.ok(!frames.some((frame) => frame.includes('data:image')), 'no picture came by the document')
})
