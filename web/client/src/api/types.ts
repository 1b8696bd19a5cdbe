// Until src/generated/api.ts is here: the same shapes, written by hand from web/src/api/types.rs.

export interface Server {
  version: string
  sign_up: boolean
  setup: boolean
  operator: Operator
}
export interface Operator {
  name: string | null
  imprint_url: string | null
  privacy_url: string | null
  source_url: string | null
}
export interface Account {
  login: string
}
export interface Session {
  account: Account | null
}
export interface Credentials {
  login: string
  password: string
}
export interface SetUp extends Credentials {
  token: string
}
export type RoomColour = 'honey' | 'pine' | 'fluff' | 'brick' | 'sky' | 'plum' | 'moss' | 'chalk'
export type LobbyPolicy = 'open' | 'knock' | 'closed'
export type DrawingRight = 'everyone' | 'hosts'
export interface Room {
  id: string
  name: string
  colour: RoomColour
  emoji: string | null
  link: string
  url: string
  short_name: string | null
  lobby: LobbyPolicy
  drawing: DrawingRight
  keep_board: boolean
  present: number
  waiting: number
}
export interface NewRoom {
  name: string
  colour?: RoomColour
  emoji?: string
}
export interface RoomChanges {
  name?: string
  colour?: RoomColour
  emoji?: string | null
  short_name?: string | null
  lobby?: LobbyPolicy
  drawing?: DrawingRight
  keep_board?: boolean
}
export interface Door {
  name: string
  colour: RoomColour
  emoji: string | null
  you_knock: boolean
  host: boolean
  open: boolean
}
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
