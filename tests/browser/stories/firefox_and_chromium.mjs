// Firefox ESR and Chromium in one room see each other, and Chromium hears Firefox. (Headless Firefox without an audio
// device plays nothing; that Chromium's sound reaches it is seen by the packets.)
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import puppeteer from 'puppeteer-core'
import { keepPeerConnections, startChromium, visitor } from '../lib/chromium.mjs'
import { frames, received, voices } from '../lib/media.mjs'
import { enter } from '../lib/people.mjs'
import { startServer } from '../lib/server.mjs'
import { until } from '../lib/until.mjs'
import { WORDS } from '../lib/words.mjs'

const PREFERENCES = {
  'media.navigator.streams.fake': true,
  'media.navigator.permission.disabled': true,
  'media.peerconnection.ice.loopback': true,
  'media.peerconnection.ice.obfuscate_host_addresses': false,
  'media.autoplay.default': 0,
  'intl.accept_languages': 'en-GB',
  'app.update.enabled': false,
  'datareporting.policy.dataSubmissionEnabled': false,
  'toolkit.telemetry.enabled': false,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'browser.safebrowsing.downloads.remote.enabled': false,
  'services.settings.server': 'data:,#remote-settings-dummy/v1',
  'media.gmp-manager.url': 'data:text/plain,',
  'extensions.getAddons.cache.enabled': false,
}

let server
let chromium
let firefox
before(async () => {
  server = await startServer()
  chromium = await startChromium()
  firefox = await puppeteer.launch({
    browser: 'firefox',
    executablePath: process.env.FIREFOX_PATH ?? '/usr/bin/firefox-esr',
    headless: true,
    acceptInsecureCerts: true,
    extraPrefsFirefox: PREFERENCES,
    timeout: 60_000,
  })
})
after(async () => {
  await firefox?.close()
  await chromium?.close()
  await server?.stop()
})

test('Firefox and Chromium meet', { timeout: 180_000 }, async () => {
  const words = WORDS['en-GB']
  const room = server.room('Plenum')
  const ada = await visitor(chromium)
  await enter(ada, room, 'Ada')
  const page = await firefox.newPage()
  await page.setViewport({ width: 1280, height: 800 })
  await page.evaluateOnNewDocument(keepPeerConnections)
  await page.goto(room.url)
  const press = async (selector) => {
    const found = await page.waitForSelector(selector, { timeout: 30_000 })
    await found.click()
    return found
  }
  const field = await press(`aria/${words.name}[role="textbox"]`)
  await field.type('Ben')
  await press(`aria/${words.enter}[role="button"]`)
  await page.waitForSelector(`aria/${words.hangUp}[role="button"]`, { timeout: 30_000 })

  await until('Chromium sees and hears Firefox', async () => {
    const now = await received(ada.page)
    return frames(now) > 20 && voices(now) > 0
  })
  await until('Firefox sees Chromium and gets its sound', async () => {
    const now = await received(page)
    const sound = Object.values(now).some(({ kind, packets }) => kind === 'audio' && packets > 50)
    return frames(now) > 20 && sound
  })
  assert.deepEqual(ada.outside, [])
})
