// The shapes of PROTOCOL.md §1. All but the load page's are made from the Rust types.
export type * from '../generated/api'

export type Verdict = 'all' | 'calm' | 'busy' | 'tight' | 'full'
export interface Bin {
  from: number
  to: number
}
export interface Load {
  standing_pins: number
  verdict: Verdict
  samples: LoadSample[]
  days: LoadDay[]
}
export interface LoadSample {
  start: number
  rooms: Bin | null
  people: Bin | null
  traffic_mbps: number | null
  cpu_percent: number | null
  memory_percent: number
}
export interface LoadDay {
  start: number
  fallen_pins: number | null
}
