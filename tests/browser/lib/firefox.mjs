// Debian's Firefox ESR with a made-up camera and microphone, over WebDriver BiDi. It speaks English.
import puppeteer from 'puppeteer-core'
import { keepPeerConnections } from './chromium.mjs'
import { WORDS } from './words.mjs'

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

/** One browser process for a file of stories. */
export function startFirefox() {
  return puppeteer.launch({
    browser: 'firefox',
    executablePath: process.env.FIREFOX_PATH ?? '/usr/bin/firefox-esr',
    headless: true,
    acceptInsecureCerts: true,
    extraPrefsFirefox: PREFERENCES,
    timeout: 60_000,
  })
}

/** A page that is inside an open room. */
export async function enterByFirefox(firefox, room, name) {
  const words = WORDS['en-GB']
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
  await field.type(name)
  await press(`aria/${words.enter}[role="button"]`)
  await page.waitForSelector(`aria/${words.hangUp}[role="button"]`, { timeout: 30_000 })
  return page
}

/** The tile of somebody, by the name on it. */
export function tileInFirefox(page, name) {
  const find = (name) => [...document.querySelectorAll('.tile')].find((one) => one.textContent.includes(name))
  return page.waitForFunction(find, { timeout: 30_000 }, name)
}
