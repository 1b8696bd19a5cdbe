// Slides become pages that everybody sees and draws on, a broken file is told, and a pasted picture reaches everybody
// without being in the document.
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
  await choose(ada, 'kaputt.pdf', 'application/pdf', Buffer.from('%PDF-1.4 nothing of what it should be'))
  await ada.page.getByText(de.slidesBroken).waitFor()
  await ada.page.getByRole('button', { name: 'Gut', exact: true }).click()

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
