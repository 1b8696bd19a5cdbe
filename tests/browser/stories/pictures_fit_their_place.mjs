// A tile gets a picture of its size, a tile that nobody sees gets none, and what nobody watches is not even sent.
import assert from 'node:assert/strict'
import { layersSent, pictureOn, received, seesAndHears } from '../lib/media.mjs'
import { enter, tile } from '../lib/people.mjs'
import { stories } from '../lib/story.mjs'
import { until } from '../lib/until.mjs'
import { WORDS } from '../lib/words.mjs'

const tell = stories()
const words = WORDS['de-DE']

/** Chooses what stands on the page: people, both or the board. */
function look({ page, locale }, at) {
  const layout = page.getByRole('group', { name: WORDS[locale].layout })
  return layout.getByRole('button', { name: WORDS[locale][at], exact: true }).click()
}

/** Waits for a time in which sound came (two dozen packets), and not one byte of any picture. */
async function nothingButSound(page, who) {
  const count = async (kind, what) =>
    Object.values(await received(page))
      .filter((slot) => slot.kind === kind)
      .reduce((sum, slot) => sum + slot[what], 0)
  await until(`nothing but sound comes to ${who}`, async () => {
    const [heard, seen] = [await count('audio', 'packets'), await count('video', 'bytes')]
    await until('sound comes', async () => (await count('audio', 'packets')) > heard + 24)
    return (await count('video', 'bytes')) === seen
  })
}

/** Of the pictures' packets that come to these pages: how many left the server in batches of four and more. */
async function batched(server, pages) {
  const pictures = async () => {
    const slots = (await Promise.all(pages.map(received))).flatMap((slots) => Object.values(slots))
    return slots.filter(({ kind }) => kind === 'video').reduce((sum, { packets }) => sum + packets, 0)
  }
  const figure = () => server.figure('kegelbahn_batched_packets_total')
  const [before, batchedBefore] = [await pictures(), await figure()]
  const all = await until('pictures come', async () => {
    const more = (await pictures()) - before
    return more > 600 && more
  })
  return ((await figure()) - batchedBefore) / all
}

tell('large and small, hidden and back, told on a card', async ({ server, visit }) => {
  const room = server.room('Plenum')
  const [ada, ben, cem] = [await visit(), await visit({ locale: 'en-GB' }), await visit()]
  await Promise.all([enter(ada, room, 'Ada'), enter(ben, room, 'Ben'), enter(cem, room, 'Cem')])
  await seesAndHears(ada.page, 'Ada', 2)

  await look(ada, 'persons')
  await tile(ada, 'Ben')
    .getByRole('button', { name: words.pin('Ben') })
    .press('Enter')
  const pinned = performance.now()
  const sizes = await until('the pinned picture is larger than the other one', async () => {
    const [large, small] = [await pictureOn(tile(ada, 'Ben')), await pictureOn(tile(ada, 'Cem'))]
    return large.height > small.height && small.height > 0 && [large.height, small.height]
  })
  const after = Math.round(performance.now() - pinned)
  console.log(`pinned: ${sizes[0]} lines, beside it: ${sizes[1]}, after ${after} ms`)

  const share = await batched(server, [ada.page, ben.page, cem.page])
  console.log(`of the pictures' packets, ${Math.round(100 * share)} % left in batches of four and more`)
  assert.ok(share > 0, 'no frame left as one batch')

  await look(ada, 'board')
  await nothingButSound(ada.page, 'Ada, who looks at the board')
  await until('nobody sends Ben’s largest picture', async () => !(await layersSent(ben.page)).includes('h'))
  await Promise.all([look(ben, 'board'), look(cem, 'board')])
  await until('Ben sends no picture at all', async () => (await layersSent(ben.page)) === '')

  const before = await received(ada.page)
  const begun = performance.now()
  await look(ada, 'persons')
  const back = []
  await until('both are seen again', async () => {
    const now = Object.entries(await received(ada.page))
    const seen = now.filter(([mid, { frames }]) => frames > (before[mid]?.frames ?? 0)).length
    while (back.length < seen) back.push(Math.round(performance.now() - begun))
    return seen === 2
  })
  console.log(`pictures that nobody sent were back after ${back.join(' and ')} ms`)
  await until('Ben sends his picture again', async () => (await layersSent(ben.page)) !== '')
})
