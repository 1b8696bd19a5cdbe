// Reads the files of an archive: its table of contents stands at its end.
import { inflateRawSync, inflateSync } from 'node:zlib'

/** By name, the bytes of everything in it. */
export function unzipped(archive) {
  const end = archive.lastIndexOf(Buffer.from('PK\x05\x06'))
  const files = new Map()
  let at = archive.readUInt32LE(end + 16)
  for (let left = archive.readUInt16LE(end + 10); left > 0; left -= 1) {
    const [packed, name, extra, comment] = [
      archive.readUInt32LE(at + 20),
      archive.readUInt16LE(at + 28),
      archive.readUInt16LE(at + 30),
      archive.readUInt16LE(at + 32),
    ]
    const stored = archive.readUInt16LE(at + 10) === 0
    const place = archive.readUInt32LE(at + 42)
    const begin = place + 30 + archive.readUInt16LE(place + 26) + archive.readUInt16LE(place + 28)
    const bytes = archive.subarray(begin, begin + packed)
    files.set(archive.toString('utf8', at + 46, at + 46 + name), stored ? bytes : inflateRawSync(bytes))
    at += 46 + name + extra + comment
  }
  return files
}

/** Everything that is written in a PDF, packed or not. */
export function unpacked(pdf) {
  const texts = [pdf.toString('latin1')]
  for (const { index } of texts[0].matchAll(/(?<!end)stream\r?\n/g)) {
    const begin = texts[0].indexOf('\n', index) + 1
    try {
      texts.push(inflateSync(pdf.subarray(begin)).toString('latin1'))
    } catch {
      // Stored as it is, or a picture of another kind.
    }
  }
  return texts.join('\n')
}
