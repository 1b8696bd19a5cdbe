// The server's JSON interface, one function for each request of PROTOCOL.md §1.
import { request } from './request'
import type {
  Credentials,
  Door,
  Load,
  MadeToken,
  NewRoom,
  NewToken,
  Room,
  RoomChanges,
  Server,
  Session,
  SetUp,
  Token,
} from '../generated/api'

export { ApiError } from './request'
export { faultWords } from './fault-words'
export { useAsk, type Asked } from './use-ask'
export type * from '../generated/api'

const room = (id: string): string => `/rooms/${encodeURIComponent(id)}`

export const getServer = (signal?: AbortSignal): Promise<Server> =>
  request('GET', '/server', undefined, signal)
export const getSession = (signal?: AbortSignal): Promise<Session> =>
  request('GET', '/session', undefined, signal)
export const logIn = (body: Credentials): Promise<Session> => request('POST', '/session', body)
export const logOut = (): Promise<void> => request('DELETE', '/session')
export const signUp = (body: Credentials): Promise<Session> => request('POST', '/accounts', body)
export const setUp = (body: SetUp): Promise<Session> => request('POST', '/setup', body)

export const getRooms = (signal?: AbortSignal): Promise<Room[]> => request('GET', '/rooms', undefined, signal)
export const getRoom = (id: string, signal?: AbortSignal): Promise<Room> =>
  request('GET', room(id), undefined, signal)
export const makeRoom = (body: NewRoom): Promise<Room> => request('POST', '/rooms', body)
export const changeRoom = (id: string, body: RoomChanges): Promise<Room> => request('PATCH', room(id), body)
export const changeLink = (id: string): Promise<Room> => request('POST', `${room(id)}/link`)
export const deleteRoom = (id: string): Promise<void> => request('DELETE', room(id))

export const getTokens = (id: string, signal?: AbortSignal): Promise<Token[]> =>
  request('GET', `${room(id)}/tokens`, undefined, signal)
export const makeToken = (id: string, body: NewToken): Promise<MadeToken> =>
  request('POST', `${room(id)}/tokens`, body)
export const deleteToken = (id: string, token: string): Promise<void> =>
  request('DELETE', `${room(id)}/tokens/${encodeURIComponent(token)}`)

export const askDoor = (door: string, signal?: AbortSignal): Promise<Door> =>
  request('GET', `/doors/${encodeURIComponent(door)}`, undefined, signal)
export const getLoad = (signal?: AbortSignal): Promise<Load> => request('GET', '/load', undefined, signal)
