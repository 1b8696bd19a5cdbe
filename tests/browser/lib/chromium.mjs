// Debian's Chromium with a beeping microphone and a painted camera, and pages that watch what leaves them.
import { chromium } from 'playwright-core'

const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--no-first-run',
  '--disable-quic',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-extensions',
  '--disable-features=OptimizationHints,MediaRouter,Translate,DialMediaRouteProvider',
  // Any other host fails at once, and a page that asks for one is caught by `outside`.
  '--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost',
  '--use-fake-device-for-media-stream',
  '--use-fake-ui-for-media-stream',
  '--auto-select-desktop-capture-source=Entire screen',
  '--autoplay-policy=no-user-gesture-required',
  // In a namespace of its own there is nothing but the loopback.
  '--allow-loopback-in-peer-connection',
  '--disable-renderer-backgrounding',
  '--disable-backgrounding-occluded-windows',
  '--disable-background-timer-throttling',
]

const OURS = new Set(['localhost', '127.0.0.1'])

/** One browser process for a file of stories. */
export function startChromium() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
    headless: true,
    args: ARGS,
    ignoreDefaultArgs: ['--mute-audio'],
    timeout: 60_000,
  })
}

/**
 * A fresh visitor: a page in a context of its own. `faults` gathers script errors and refused styles or scripts,
 * `outside` every request to another host.
 */
export async function visitor(
  browser,
  {
    locale = 'de-DE',
    phone = false,
    permissions = ['camera', 'microphone', 'clipboard-read', 'clipboard-write'],
  } = {},
) {
  const context = await browser.newContext({
    locale,
    permissions,
    ignoreHTTPSErrors: true,
    ...(phone
      ? { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 }
      : { viewport: { width: 1280, height: 800 } }),
  })
  await context.addInitScript(keepPeerConnections)
  const page = await context.newPage()
  page.setDefaultTimeout(30_000)
  const faults = []
  const outside = []
  page.on('pageerror', (error) => faults.push(String(error)))
  page.on('console', (message) => {
    if (/Content Security Policy|Refused to/.test(message.text())) faults.push(message.text())
  })
  const watch = (address) => {
    const url = new URL(address)
    if (/^(https?|wss?):$/.test(url.protocol) && !OURS.has(url.hostname)) outside.push(address)
  }
  page.on('request', (request) => watch(request.url()))
  page.on('websocket', (socket) => watch(socket.url()))
  return { page, locale, faults, outside, leave: () => context.close() }
}

/** Every RTCPeerConnection of a page stays reachable as `window.peerConnections`. Runs in the page. */
export function keepPeerConnections() {
  const made = (window.peerConnections = [])
  window.RTCPeerConnection = new Proxy(window.RTCPeerConnection, {
    construct(type, args) {
      const connection = new type(...args)
      made.push(connection)
      return connection
    },
  })
}
