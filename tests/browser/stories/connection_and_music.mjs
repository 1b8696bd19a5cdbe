// How well somebody comes through is told on their tile, and in a report that names nobody. Music is sent and heard in
// stereo.
import assert from 'node:assert/strict'
import { isAccessible } from '../lib/axe.mjs'
import { seesAndHears } from '../lib/media.mjs'
import { enter, tile } from '../lib/people.mjs'
import { stories } from '../lib/story.mjs'
import { until } from '../lib/until.mjs'
import { WORDS } from '../lib/words.mjs'

const tell = stories()
const words = WORDS['de-DE']

tell('the card of a connection', async ({ server, visit }) => {
  const room = server.room('Plenum')
  const [ada, ben] = [await visit(), await visit({ locale: 'en-GB' })]
  await Promise.all([enter(ada, room, 'Ada'), enter(ben, room, 'Ben')])
  await seesAndHears(ada.page, 'Ada')
  const to = tile(ada, 'Ben').getByRole('button', { name: words.connectionTo('Ben') })
  await to.press('Enter')
  const card = ada.page.getByRole('dialog')
  await card.getByText(/\d+ × \d+, \d+ Bilder/).waitFor()
  await card
    .getByText(/^\d+ ms$/)
    .first()
    .waitFor()
  await isAccessible(ada.page, 'the card')
  await card.getByRole('button', { name: words.copyReport }).press('Enter')
  await card.getByRole('button', { name: words.copied }).waitFor()
  const report = await ada.page.evaluate(() => navigator.clipboard.readText())
  assert.match(report, new RegExp(`^${words.report}\n`))
  assert.match(report, /\d+ × \d+, \d+ Bilder/)
  assert.doesNotMatch(report, /Ada|Ben|\d+\.\d+\.\d+\.\d+/)
  await ada.page.keyboard.press('Escape')
  await card.waitFor({ state: 'detached' })
})

tell('music is sent in stereo, and heard so', async ({ server, visit }) => {
  const room = server.room('Chor')
  const [ada, ben] = [await visit(), await visit({ locale: 'en-GB' })]
  await Promise.all([enter(ada, room, 'Ada'), enter(ben, room, 'Ben')])
  await seesAndHears(ben.page, 'Ben')
  await ada.page.getByRole('button', { name: words.more, exact: true }).click()
  await ada.page.getByRole('switch', { name: words.music }).press('Space')
  const codecs = (page, mid, side) =>
    page.evaluate(
      async ([mid, side]) => {
        const line = window.peerConnections
          .at(-1)
          .getTransceivers()
          .find((one) => one.mid === mid)
        const stats = [...(await line[side].getStats()).values()]
        return stats.find(({ type }) => type === 'codec')?.sdpFmtpLine ?? ''
      },
      [mid, side],
    )
  await until('Ada’s microphone sends stereo', async () =>
    /maxaveragebitrate=128000.*stereo=1/.test(await codecs(ada.page, 'mic', 'sender')),
  )
  await until('nothing is filtered away from Ada’s microphone', () =>
    ada.page.evaluate(() => {
      const line = window.peerConnections
        .at(-1)
        .getTransceivers()
        .find(({ mid }) => mid === 'mic')
      const { echoCancellation, noiseSuppression, autoGainControl } = line.sender.track.getSettings()
      return !echoCancellation && !noiseSuppression && !autoGainControl
    }),
  )
  assert.match(await codecs(ben.page, 'a0', 'receiver'), /stereo=1/)
  await ada.page.getByRole('button', { name: words.done }).click()
  await seesAndHears(ben.page, 'Ben')
})
