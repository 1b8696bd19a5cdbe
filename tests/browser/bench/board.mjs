// How quick the board is in Chromium, beside plain Excalidraw alone with the same scene, in the same run:
//   npm ci --prefix tests/board-client && tests/browser/netns.sh node tests/browser/bench/board.mjs [shapes …]
// For each number of shapes: from pressing "enter" until one can draw; then panning and drawing while twenty others draw.
// They also draw, on the server and so on the same cores, while plain Excalidraw is measured. Work is the main thread's
// CPU time; ours includes what the twenty draw, which plain Excalidraw does not get.
import { createServer } from 'node:http'
import { readFile } from 'node:fs/promises'
import { extname, join, resolve } from 'node:path'
import { createRequire } from 'node:module'
import { startChromium, visitor } from '../lib/chromium.mjs'
import { enter } from '../lib/people.mjs'
import { startServer } from '../lib/server.mjs'
import { until } from '../lib/until.mjs'
import { measure, median } from './frames.mjs'
import { painters } from './painters.mjs'
import { scene } from './scene.mjs'

const ROOT = resolve(import.meta.dirname, '../../..')
const CLIENT = join(ROOT, 'web/client')
const DRAWERS = 20
const ROUNDS = 3
const counts = process.argv.slice(2).map(Number)

/** Excalidraw and nothing else, built with the client's own packages and settings. */
async function plainPage() {
  const { build } = createRequire(join(CLIENT, 'package.json'))('vite')
  const outDir = join(ROOT, 'target/plain-excalidraw')
  await build({
    configFile: join(CLIENT, 'vite.config.ts'),
    root: join(import.meta.dirname, 'plain'),
    resolve: { alias: alias() },
    build: { outDir, emptyOutDir: true },
    logLevel: 'error',
  })
  return outDir
}

/** The client's packages, for a page outside of its folder. */
function alias() {
  const modules = join(CLIENT, 'node_modules')
  const prod = join(modules, '@excalidraw/excalidraw/dist/prod')
  return [
    { find: '@excalidraw/excalidraw/index.css', replacement: join(prod, 'index.css') },
    { find: /^@excalidraw\/excalidraw$/, replacement: join(prod, 'index.js') },
    { find: /^(react|react-dom)(?=$|\/)/, replacement: join(modules, '$1') },
  ]
}

async function serve(folder, shapes) {
  const types = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.woff2': 'font/woff2' }
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, 'http://localhost')
    if (pathname === '/scene') return response.end(JSON.stringify(shapes()))
    const file = join(folder, pathname === '/' ? 'index.html' : pathname)
    const body = await readFile(file).catch(() => null)
    response.writeHead(body ? 200 : 404, {
      'content-type': types[extname(file)] ?? 'application/octet-stream',
    })
    response.end(body)
  })
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready))
  return { url: `http://localhost:${server.address().port}/`, close: () => server.close() }
}

const server = await startServer()
const browser = await startChromium()
const folder = await plainPage()
let shapes = []
const plain = await serve(folder, () => shapes)
try {
  for (const count of counts.length > 0 ? counts : [1000, 5000, 10_000]) {
    shapes = scene(count)
    const room = server.room('Plenum')
    const crowd = await painters(server.origin, room, DRAWERS)
    await crowd.fill(shapes)
    const ada = await visitor(browser, { permissions: [] })
    const begun = performance.now()
    await enter(ada, room, 'Ada')
    const entered = performance.now()
    await ada.page.locator('canvas.interactive').waitFor()
    await until('the board can be drawn on', async () =>
      ada.page.evaluate(() => document.querySelector('.excalidraw:not(.excalidraw--view-mode)') !== null),
    )
    const open = performance.now()
    const size = await ada.page.locator('canvas.interactive').boundingBox()
    const alone = await visitor(browser, { permissions: [] })
    await alone.page.setViewportSize({ width: Math.round(size.width), height: Math.round(size.height) })
    await alone.page.goto(plain.url)
    await alone.page.locator('canvas.interactive').waitFor()
    await until('plain Excalidraw shows it', () => alone.page.evaluate(() => window.shown === true))
    const stop = crowd.draw(20)
    const found = { ours: [], plain: [] }
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const [who, { page }] of [
        ['ours', ada],
        ['plain', alone],
      ]) {
        await page.bringToFront()
        found[who].push(await measure(page))
      }
    }
    stop()
    const of = (who, what, figure) => median(found[who].map((one) => one[what][figure]))
    for (const what of ['pan', 'draw']) {
      const figures = ['gap', 'slow', 'work'].map((figure) => {
        const [ours, theirs] = [of('ours', what, figure), of('plain', what, figure)]
        return `${ours.toFixed(1)} beside ${theirs.toFixed(1)} ms (${(ours / theirs).toFixed(2)})`
      })
      console.log(
        `${count} shapes, ${what}: from frame to frame ${figures[0]}, the slowest twentieth ${figures[1]}, work a frame ${figures[2]}`,
      )
    }
    console.log(
      `${count} shapes: drawable ${Math.round(open - begun)} ms after the link was opened, ${Math.round(open - entered)} ms after being inside`,
    )
    await Promise.all([ada.leave(), alone.leave()])
    crowd.leave()
  }
} finally {
  plain.close()
  await browser.close()
  await server.stop()
}
