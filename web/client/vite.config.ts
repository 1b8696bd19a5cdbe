// Builds the client into dist/. Everything the pages need is served by ourselves: Excalidraw's fonts are
// copied here, its CDN fallback is pointed at our own origin, and its other fifty languages are left out.
import { createReadStream, existsSync } from 'node:fs'
import { cp } from 'node:fs/promises'
import { dirname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'

const root = dirname(fileURLToPath(import.meta.url))
const excalidrawFontDir = join(root, 'node_modules/@excalidraw/excalidraw/dist/prod/fonts')
const pdfDir = join(root, 'node_modules/pdfjs-dist')
const server = process.env.KEGELBAHN_DEV_SERVER ?? 'https://127.0.0.1:8443'

/** Serves Excalidraw's fonts from `/excalidraw/fonts`. Xiaolai (13 MB of Chinese) stays out. */
const excalidrawFonts = (): Plugin => ({
  name: 'excalidraw-fonts',
  configureServer(dev) {
    dev.middlewares.use('/excalidraw/fonts', (request, response, next) => {
      const file = normalize(join(excalidrawFontDir, (request.url ?? '').split('?')[0] ?? ''))
      if (file.startsWith(excalidrawFontDir) && existsSync(file)) createReadStream(file).pipe(response)
      else next()
    })
  },
  async writeBundle(options) {
    const to = join(options.dir ?? join(root, 'dist'), 'excalidraw/fonts')
    await cp(excalidrawFontDir, to, { recursive: true, filter: (source) => !source.includes('Xiaolai') })
  },
})

/** Serves what pdf.js needs besides its code from `/pdf`: tables of characters, fonts, decoders, colours. */
const pdfParts = (): Plugin => ({
  name: 'pdf-parts',
  configureServer(dev) {
    dev.middlewares.use('/pdf', (request, response, next) => {
      const file = normalize(join(pdfDir, (request.url ?? '').split('?')[0] ?? ''))
      if (file.startsWith(pdfDir) && existsSync(file)) createReadStream(file).pipe(response)
      else next()
    })
  },
  async writeBundle(options) {
    const to = join(options.dir ?? join(root, 'dist'), 'pdf')
    for (const part of ['cmaps', 'standard_fonts', 'wasm', 'iccs'])
      await cp(join(pdfDir, part), join(to, part), { recursive: true })
  },
})

/** Every face of Excalidraw names https://esm.sh as its last source: nobody outside may learn of a visit. */
const excalidrawWithoutCdn = (): Plugin => ({
  name: 'excalidraw-without-cdn',
  enforce: 'pre',
  transform(code, id) {
    if (!id.includes('@excalidraw')) return null
    const own = code
      .replaceAll('`https://esm.sh/${', '`${location.origin}/excalidraw/${')
      .replaceAll('"https://esm.sh/', '"/excalidraw/')
    return own === code ? null : { code: own, map: null }
  },
})

/** Excalidraw cuts letters out of the fonts that it puts into an SVG, by 1.8 MB of code that has to be allowed to evaluate
 *  strings, which none of ours is. The faces are small pieces already: they go in whole. */
const excalidrawWholeFonts = (): Plugin => ({
  name: 'excalidraw-whole-fonts',
  enforce: 'pre',
  resolveId(source, importer) {
    if (!importer?.includes('@excalidraw')) return null
    if (source.endsWith('subset-shared.chunk.js')) return '\0whole-fonts'
    return source.endsWith('subset-worker.chunk.js') ? '\0no-font-worker' : null
  },
  load(id) {
    if (id === '\0whole-fonts') return WHOLE_FONTS
    return id === '\0no-font-worker' ? 'export const WorkerUrl = undefined' : null
  },
  transform(code, id) {
    const workerless = id.includes('@excalidraw') ? code.replace('typeof Worker<"u"', 'false') : code
    return workerless === code ? null : { code: workerless, map: null }
  },
})
const WHOLE_FONTS = `
  export const Commands = { Subset: 'SUBSET' }
  export const toBase64 = (buffer) => new Promise((resolve, reject) => {
    const reader = new FileReader()
    reader.addEventListener('load', () => resolve(reader.result))
    reader.addEventListener('error', () => reject(reader.error))
    reader.readAsDataURL(new Blob([buffer], { type: 'font/woff2' }))
  })
  export const subsetToBase64 = toBase64
`

/** Only German and English; diagrams from Mermaid text are left out (over 1 MB, nobody asked for them). */
const excalidrawTrimmed = (): Plugin => ({
  name: 'excalidraw-trimmed',
  enforce: 'pre',
  resolveId(source, importer) {
    if (source === '@excalidraw/mermaid-to-excalidraw') return '\0without-mermaid'
    if (!importer?.includes('@excalidraw')) return null
    const locale = /locales\/([a-z]{2,3}(?:-[A-Z]{2,3})?)-\w+\.js$/.exec(source)?.[1]
    return locale !== undefined && locale !== 'de-DE' && locale !== 'en' ? '\0no-locale' : null
  },
  load(id) {
    if (id === '\0no-locale') return 'export default {}'
    if (id === '\0without-mermaid')
      return 'export const parseMermaidToExcalidraw = () => Promise.reject(new Error("left out"))'
    return null
  },
})

export default defineConfig({
  plugins: [
    excalidrawWithoutCdn(),
    excalidrawWholeFonts(),
    excalidrawTrimmed(),
    react(),
    excalidrawFonts(),
    pdfParts(),
  ],
  build: {
    target: 'es2022',
    // Small files inside the scripts would need `data:` in the content security policy of every page.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1500,
  },
  server: {
    host: '127.0.0.1',
    proxy: { '/api': { target: server, secure: false, ws: true, changeOrigin: true } },
  },
  preview: { host: '127.0.0.1' },
})
