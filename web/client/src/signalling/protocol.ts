// The wire types of web/PROTOCOL.md, section 2, as generated from the Rust ones.
export { PROTOCOL_VERSION } from '../generated/protocol'
export type * from '../generated/protocol'
export type {
  Layer as LayerName,
  QualityReason as LayerReason,
  Shown as ShownTile,
} from '../generated/protocol'
