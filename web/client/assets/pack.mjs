// Writes a .br and a .gz beside every file of a folder that gets at least a tenth smaller by it.
// Node's own zlib: no package needed. Run by build.rs as `node assets/pack.mjs dist`.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'

const packable = /\.(html|m?js|css|json|webmanifest|svg|txt|wasm|ico)$/

for (const entry of readdirSync(process.argv[2], { recursive: true, withFileTypes: true })) {
  if (!entry.isFile() || !packable.test(entry.name)) continue
  const path = join(entry.parentPath ?? entry.path, entry.name)
  const bytes = readFileSync(path)
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length }
  for (const [ending, packed] of [
    ['.br', brotliCompressSync(bytes, { params })],
    ['.gz', gzipSync(bytes, { level: 9 })],
  ])
    if (packed.length < bytes.length * 0.9) writeFileSync(path + ending, packed)
}
