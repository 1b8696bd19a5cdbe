// One packet in twenty is lost on the way to and from a browser, and each is up to 30 ms late: people see and hear each
// other all the same. How much stood still or was made up is printed: it says something about the machine, too.
import assert from 'node:assert/strict'
import { leadThrough, lossyLink } from '../lib/lossy.mjs'
import { received, seesAndHears } from '../lib/media.mjs'
import { enter } from '../lib/people.mjs'
import { stories } from '../lib/story.mjs'
import { until } from '../lib/until.mjs'

const MEDIA_PORT = 7900
// One thread has one port, and so one way to it.
const tell = stories({ KEGELBAHN__MEDIA__THREADS: '1', KEGELBAHN__MEDIA__UDP_PORT: `${MEDIA_PORT}` })
/** Ten seconds of a picture. */
const FRAMES = 300

/** Of everything that comes to a page: sums, and the picture's own. */
const quality = (page) =>
  page.evaluate(async () => {
    const sum = { frames: 0, keyFrames: 0, frozen: 0, concealed: 0, samples: 0, repaired: 0, asked: 0 }
    const connection = window.peerConnections.at(-1)
    for (const report of (await connection.getStats()).values()) {
      if (report.type !== 'inbound-rtp') continue
      sum.frames += report.framesDecoded ?? 0
      sum.keyFrames += report.keyFramesDecoded ?? 0
      sum.frozen += report.totalFreezesDuration ?? 0
      sum.concealed += (report.concealedSamples ?? 0) - (report.silentConcealedSamples ?? 0)
      sum.samples += report.totalSamplesReceived ?? 0
      sum.repaired += report.retransmittedPacketsReceived ?? 0
      sum.asked += (report.pliCount ?? 0) + (report.firCount ?? 0)
    }
    return sum
  })

/** What happens at each page while so many frames come to the last one. */
async function watch(pages) {
  const before = await Promise.all(pages.map(quality))
  const begun = performance.now()
  const enough = before.at(-1).frames + FRAMES
  await until('a film', async () => (await quality(pages.at(-1))).frames > enough, 120_000)
  const seconds = (performance.now() - begun) / 1000
  const after = await Promise.all(pages.map(quality))
  const since = (now, then) =>
    Object.fromEntries(Object.entries(now).map(([what, n]) => [what, n - then[what]]))
  return after.map((now, at) => ({ seconds, ...since(now, before[at]) }))
}

function say(way, { seconds, frozen, concealed, samples, repaired, asked }) {
  const share = (part, all) => `${((100 * part) / all).toFixed(1)} %`
  console.log(
    `${way}: frozen ${share(frozen, seconds)}, concealed ${share(concealed, samples)}, ` +
      `${repaired} packets repaired, ${asked} key frames asked for in ${seconds.toFixed(0)} s`,
  )
}

tell('a line that loses one packet in twenty', async ({ server, visit }) => {
  const room = server.room('Plenum')
  const link = await lossyLink(MEDIA_PORT, { seed: 7, loss: 0.05, jitter: 30 })
  try {
    const [ada, ben] = [await visit(), await visit({ locale: 'en-GB' })]
    await ben.page.addInitScript(leadThrough, link.port)
    await enter(ada, room, 'Ada')
    await enter(ben, room, 'Ben')
    const pages = [ada.page, ben.page]
    await Promise.all(pages.map((page) => seesAndHears(page, 'everybody')))
    say('clean, down to Ben', (await watch(pages))[1])
    link.impair(true)
    await Promise.all(pages.map((page) => seesAndHears(page, 'everybody')))
    const [up, down] = await watch(pages)
    say('lossy, up from Ben', up)
    say('lossy, down to Ben', down)
    assert.ok(link.lost() > 50, `the link lost only ${link.lost()}`)
    for (const { repaired, keyFrames, frames } of [up, down]) {
      assert.ok(repaired > 0, 'nothing was repaired')
      assert.ok(keyFrames <= frames / 15, `${keyFrames} of ${frames} frames are key frames`)
    }
    link.impair(false)
    await seesAndHears(ben.page, 'Ben, whose line is good again,')
  } finally {
    link.close()
  }
})
