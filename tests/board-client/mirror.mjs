// A Yjs document at a board in made-up time: for each line of JSON on standard input one on standard output.
//   {"join":true}          forget everything and ask for the board
//   {"come_back":true}     ask for what was missed
//   {"hear":"<hex>"}       a frame of the y-protocols
//   {"set":[key,text]} {"remove":key}
//   {"content":true}
// Answers: {"frames":["<hex>",…],"content":{key:element}}, the frames being what it has to say.
import { createInterface } from 'node:readline'
import * as encoding from 'lib0/encoding'
import * as decoding from 'lib0/decoding'
import * as sync from 'y-protocols/sync'
import * as Y from 'yjs'

let doc
let elements
let frames = []

const say = (write) => {
  const encoder = encoding.createEncoder()
  encoding.writeVarUint(encoder, 0)
  write(encoder)
  frames.push(Buffer.from(encoding.toUint8Array(encoder)).toString('hex'))
}

const ask = () => say((encoder) => sync.writeSyncStep1(encoder, doc))

const commands = {
  join: () => {
    doc = new Y.Doc()
    elements = doc.getMap('elements')
    doc.on('update', (update, origin) => {
      if (origin !== 'board') say((encoder) => sync.writeUpdate(encoder, update))
    })
    ask()
  },
  come_back: ask,
  hear: (hex) => {
    const decoder = decoding.createDecoder(Uint8Array.from(Buffer.from(hex, 'hex')))
    // Presence is not looked at.
    if (decoding.readVarUint(decoder) !== 0) return
    const encoder = encoding.createEncoder()
    encoding.writeVarUint(encoder, 0)
    const kind = sync.readSyncMessage(decoder, encoder, doc, 'board')
    if (kind === sync.messageYjsSyncStep1) {
      frames.push(Buffer.from(encoding.toUint8Array(encoder)).toString('hex'))
    }
  },
  set: ([key, value]) => elements.set(key, { value }),
  remove: (key) => elements.delete(key),
  content: () => undefined,
}

for await (const line of createInterface({ input: process.stdin })) {
  const [[name, argument]] = Object.entries(JSON.parse(line))
  frames = []
  commands[name](argument)
  const content = name === 'content' ? elements.toJSON() : undefined
  process.stdout.write(`${JSON.stringify({ frames, content })}\n`)
}
