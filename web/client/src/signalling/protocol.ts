// The wire types of web/PROTOCOL.md, section 2. The one place where this folder names them.

export type Role = 'host' | 'guest'
export type DrawingRight = 'everyone' | 'hosts'
export type SourceKind = 'microphone' | 'camera' | 'screen' | 'music'
export type MediaConnection = 'connected' | 'lost'
export type ByeReason = 'refused' | 'removed' | 'room_gone' | 'elsewhere' | 'restarting' | 'left'

export interface RoomFace {
  name: string
  colour: string
  emoji: string | null
}
export interface MeetingSettings {
  drawing: DrawingRight
  keep_board: boolean
}
export interface Participant {
  id: string
  name: string
  role: Role
  ball: number
  microphone: boolean
  camera: boolean
  screen: boolean
  away: boolean
}
export interface Source {
  participant: string | null
  kind: SourceKind
}
export interface Slot {
  mid: string
  source: Source | null
}
export interface Knock {
  participant: string
  name: string
  waiting_seconds: number
}
export interface Offer {
  version: number
  sdp: string
}
export interface IceServer {
  urls: Array<string>
  username: string | null
  credential: string | null
}
export interface BoardTicket {
  id: string
  ticket: string
}
export interface MediaState {
  microphone: boolean
  camera: boolean
  screen: boolean
}

export type ServerMessage =
  | {
      type: 'joined'
      you: string
      resume: string
      role: Role
      room: RoomFace
      offer: Offer
      ice_servers: Array<IceServer>
    }
  | { type: 'waiting'; ahead: number }
  | {
      type: 'welcome'
      participants: Array<Participant>
      slots: Array<Slot>
      settings: MeetingSettings
      board: BoardTicket
      may_draw: boolean
      knocks: Array<Knock>
    }
  | { type: 'participant_joined'; participant: Participant }
  | { type: 'participant_changed'; participant: Participant }
  | { type: 'participant_left'; participant: string }
  | { type: 'slots'; slots: Array<Slot> }
  | { type: 'speaking'; participants: Array<string> }
  | { type: 'knocks'; knocks: Array<Knock> }
  | { type: 'room_changed'; room: RoomFace; settings: MeetingSettings; may_draw: boolean }
  | { type: 'offer'; version: number; sdp: string }
  | { type: 'media'; state: MediaConnection }
  | { type: 'error'; code: string; message: string }
  | { type: 'pong' }
  | { type: 'bye'; reason: ByeReason }

export type ClientMessage =
  | {
      type: 'join'
      protocol: number
      door: string
      name: string
      resume: string | null
      media: MediaState
    }
  | { type: 'answer'; version: number; sdp: string }
  | { type: 'set_media'; microphone: boolean; camera: boolean; screen: boolean }
  | { type: 'restart_ice' }
  | { type: 'need_keyframe'; mid: string }
  | { type: 'ping' }
  | { type: 'leave' }
  | { type: 'admit'; participant: string }
  | { type: 'refuse'; participant: string }
  | { type: 'admit_all' }
  | { type: 'refuse_all' }
  | { type: 'remove'; participant: string }
  | { type: 'configure'; drawing: DrawingRight | null; keep_board: boolean | null }
