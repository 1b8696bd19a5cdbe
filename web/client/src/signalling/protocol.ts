// The wire types of web/PROTOCOL.md, section 2, as generated from the Rust ones.
import type * as generated from '../generated/protocol'

export { PROTOCOL_VERSION } from '../generated/protocol'
export type * from '../generated/protocol'

/** One of several encodings of a camera, by its `rid`. */
export type LayerName = 'l' | 'm' | 'h'
/** Why a slot carries the layer it does. */
export type LayerReason = 'full' | 'size' | 'line' | 'source' | 'server' | 'paused'
export interface SlotQuality {
  mid: string
  layer: LayerName | null
  reason: LayerReason
}
export interface ShownTile {
  participant: string
  kind: 'camera' | 'screen'
  width: number
  height: number
  pinned: boolean
}

export type ServerMessage =
  | generated.ServerMessage
  | { type: 'layers'; camera: LayerName[]; screen: boolean }
  | { type: 'quality'; slots: SlotQuality[]; estimate: number | null }

export type ClientMessage = generated.ClientMessage | { type: 'view'; show: ShownTile[] }
