// A plain y-websocket client, driven by lines of JSON: commands on standard input, events on standard output.
//   node client.mjs <wss://host/api/board> <board id> <ticket>
// Commands: {"set":[key,value]} {"remove":key} {"point":{…}} {"forge":[client id,key,value]} {"raw":"<base64>"}
//           {"disconnect":true} {"connect":true}
// Events:   {"client":id} {"synced":bool} {"elements":{…}} {"presence":{client id:state}} {"closed":code}
import { createInterface } from 'node:readline'
import { WebSocket } from 'ws'
import { WebsocketProvider } from 'y-websocket'
import * as Y from 'yjs'

const [server, board, ticket] = process.argv.slice(2)
const tell = (event) => process.stdout.write(`${JSON.stringify(event)}\n`)

const doc = new Y.Doc()
const elements = doc.getMap('elements')
const provider = new WebsocketProvider(server, board, doc, {
  WebSocketPolyfill: WebSocket,
  params: { ticket },
  disableBc: true,
  maxBackoffTime: 200,
})

tell({ client: doc.clientID })
const values = () => Object.fromEntries([...elements].map(([key, element]) => [key, element.value]))
doc.on('update', () => tell({ elements: values() }))
provider.on('sync', (synced) => tell({ synced }))
provider.on('connection-close', (event) => {
  if (event) tell({ closed: event.code })
})
provider.awareness.on('change', () => tell({ presence: Object.fromEntries(provider.awareness.getStates()) }))

// As an update message of the y-protocols: kind 0 (sync), 2 (update), a length, the update.
const frame = (update) => {
  const length = []
  for (let left = update.length; ; left >>>= 7) {
    if (left < 128) {
      length.push(left)
      break
    }
    length.push((left & 127) | 128)
  }
  return Uint8Array.from([0, 2, ...length, ...update])
}

const commands = {
  set: ([key, value]) => elements.set(key, { value }),
  remove: (key) => elements.delete(key),
  point: (state) => provider.awareness.setLocalState(state),
  forge: ([client, key, value]) => {
    const forger = new Y.Doc()
    Y.applyUpdate(forger, Y.encodeStateAsUpdate(doc))
    const before = Y.encodeStateVector(forger)
    forger.clientID = client
    forger.getMap('elements').set(key, { value })
    provider.ws?.send(frame(Y.encodeStateAsUpdate(forger, before)))
  },
  raw: (base64) => provider.ws?.send(Buffer.from(base64, 'base64')),
  disconnect: () => provider.disconnect(),
  connect: () => provider.connect(),
}

createInterface({ input: process.stdin })
  .on('line', (line) => {
    for (const [name, argument] of Object.entries(JSON.parse(line))) commands[name](argument)
  })
  .on('close', () => process.exit(0))
