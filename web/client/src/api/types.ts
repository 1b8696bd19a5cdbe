// The shapes of PROTOCOL.md §1. All but the load page's are made from the Rust types.
export type * from '../generated/api'

export interface Load {
  standing_pins: number
  samples: LoadSample[]
}
export interface LoadSample {
  start: number
  rooms: number
  people: number
  traffic_mbps: number
  cpu_percent: number
  memory_percent: number
}
