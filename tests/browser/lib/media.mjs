// What a page's peer connection says about itself. Works over Playwright and Puppeteer: both have `evaluate`.
import { until } from './until.mjs'

/** By `mid`: kind, frames decoded, audio energy, packets and bytes received. Empty while there is no connection. */
export function received(page) {
  return page.evaluate(async () => {
    const connection = window.peerConnections.at(-1)
    const slots = {}
    if (!connection || connection.connectionState === 'closed') return slots
    for (const { mid, receiver } of connection.getTransceivers()) {
      for (const report of (await receiver.getStats()).values()) {
        if (report.type !== 'inbound-rtp') continue
        slots[mid] = {
          kind: report.kind,
          frames: report.framesDecoded ?? 0,
          energy: report.totalAudioEnergy ?? 0,
          packets: report.packetsReceived,
          bytes: report.bytesReceived,
        }
      }
    }
    return slots
  })
}

/** Of the picture on a tile, as it comes: frames decoded, the height of the last one, codec and slot. Zero where there is none. */
export function pictureOn(tile) {
  return tile.evaluate(async (item) => {
    const track = item.querySelector('video')?.srcObject?.getVideoTracks()[0]
    const transceivers = window.peerConnections.at(-1).getTransceivers()
    const slot = transceivers.find(({ receiver }) => receiver.track === track)
    const stats = slot ? [...(await slot.receiver.getStats()).values()] : []
    const inbound = stats.find(({ type }) => type === 'inbound-rtp')
    return {
      frames: inbound?.framesDecoded ?? 0,
      height: inbound?.frameHeight ?? 0,
      codec: stats.find(({ id }) => id === inbound?.codecId)?.mimeType.replace('video/', ''),
      mid: slot?.mid,
    }
  })
}

/** The layers of one's camera that are switched on, by `rid`. */
export function layersSent(page) {
  return page.evaluate(() => {
    const cam = window.peerConnections
      .at(-1)
      .getTransceivers()
      .find(({ mid }) => mid === 'cam')
    return cam.sender
      .getParameters()
      .encodings.filter(({ active }) => active)
      .map(({ rid }) => rid)
      .join('')
  })
}

/** ICE and DTLS of the page's connection: what must stay the same when somebody is let in. */
export function transport(page) {
  return page.evaluate(() => {
    const connection = window.peerConnections.at(-1)
    const of = (description, attribute) => description?.sdp.match(new RegExp(`a=${attribute}:(\\S+)`))?.[1]
    const { currentLocalDescription: ours, currentRemoteDescription: theirs } = connection
    return {
      connections: window.peerConnections.length,
      state: connection.connectionState,
      ufrags: [of(ours, 'ice-ufrag'), of(theirs, 'ice-ufrag')],
      fingerprints: [of(ours, 'fingerprint'), of(theirs, 'fingerprint')],
    }
  })
}

/** How the page's media travels: protocol and kind of its own end of the chosen pair, and of the other end. */
export function way(page) {
  return page.evaluate(async () => {
    const reports = [...(await window.peerConnections.at(-1).getStats()).values()]
    const of = (wanted) => reports.find(({ id }) => id === wanted)
    const chosen = reports.find(({ type }) => type === 'transport')?.selectedCandidatePairId
    const pair = of(chosen)
    const ours = of(pair?.localCandidateId)
    const theirs = of(pair?.remoteCandidateId)
    return ours && { protocol: ours.protocol, kind: ours.candidateType, port: theirs?.port }
  })
}

const sum = (slots, of) => Object.values(slots).reduce((total, slot) => total + of(slot), 0)
/** Frames decoded in all slots. */
export const frames = (slots) => sum(slots, ({ frames }) => frames)
/** Energy heard in all slots but the music. */
export const voices = ({ music: _, ...slots }) => sum(slots, ({ energy }) => energy)
/** Slots in which frames were decoded. */
export const pictures = (slots) => Object.values(slots).filter(({ frames }) => frames > 0).length

/** Waits until at least `count` pictures move and voices are heard. */
export async function seesAndHears(page, who, count = 1) {
  const before = await received(page)
  await until(`${who} sees ${count} moving pictures and hears somebody`, async () => {
    const now = await received(page)
    const moving = Object.entries(now).filter(([mid, { frames }]) => frames > (before[mid]?.frames ?? 0) + 5)
    return moving.length >= count && voices(now) > voices(before)
  })
}
