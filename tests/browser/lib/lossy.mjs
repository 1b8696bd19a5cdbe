// A bad network between one page and the server: a UDP relay that loses, delays and reorders by a seed. Jitter is
// spread evenly; what is a datagram too many on the way is lost, as on any full queue.
import { createSocket } from 'node:dgram'

const UNDER_WAY_MAX = 4096

/** SplitMix32: small, and the same everywhere. Evenly in 0 … 1. */
function randomFrom(seed) {
  let state = seed >>> 0
  return () => {
    state = (state + 0x9e3779b9) >>> 0
    let z = state
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad)
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97)
    return ((z ^ (z >>> 15)) >>> 0) / 2 ** 32
  }
}

const bound = (socket) => new Promise((ready) => socket.bind(0, '127.0.0.1', ready))

/** Relays to `port` of the loopback; `loss` is a share, `jitter` in ms. Clean until `impair(true)`. */
export async function lossyLink(port, { seed, loss, jitter }) {
  const random = randomFrom(seed)
  const [near, far] = [createSocket('udp4'), createSocket('udp4')]
  await Promise.all([bound(near), bound(far)])
  let client = null
  let on = false
  let underWay = 0
  let lost = 0
  const travel = (send) => {
    if (!on) return send()
    if (random() < loss || underWay >= UNDER_WAY_MAX) return void (lost += 1)
    underWay += 1
    setTimeout(() => {
      underWay -= 1
      send()
    }, random() * jitter)
  }
  let closed = false
  const out = (socket, to) => (bytes) => travel(() => closed || socket.send(bytes, ...to()))
  near.on('message', (bytes, from) => {
    client = from
    out(far, () => [port, '127.0.0.1'])(bytes)
  })
  far.on('message', (bytes) => client && out(near, () => [client.port, client.address])(bytes))
  return {
    port: near.address().port,
    impair: (bad) => (on = bad),
    lost: () => lost,
    close: () => {
      closed = true
      near.close()
      far.close()
    },
  }
}

/** In the page: every offer's candidates lead to `port`, by UDP and by nothing else. Before its scripts. */
export function leadThrough(port) {
  const { setRemoteDescription } = RTCPeerConnection.prototype
  RTCPeerConnection.prototype.setRemoteDescription = function (description) {
    const lines = description.sdp.split('\r\n').filter((line) => !/^a=candidate:.* tcp /i.test(line))
    const through = lines.map((line) =>
      line.replace(/^(a=candidate:\S+ \d+ udp \d+) \S+ \d+/i, `$1 127.0.0.1 ${port}`),
    )
    return setRemoteDescription.call(this, { type: description.type, sdp: through.join('\r\n') })
  }
}
