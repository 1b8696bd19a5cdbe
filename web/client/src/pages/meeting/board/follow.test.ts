import { beforeEach, expect, test } from 'vitest'
import type { ExcalidrawImperativeAPI } from '@excalidraw/excalidraw/types'
import type { Desk } from '../../../board/desk'
import { Follow } from './follow'

const size = { width: 800, height: 600 }
let state = { scrollX: 0, scrollY: 0, zoom: { value: 1 }, ...size }
let queued: Partial<typeof state>[] = []
let page = 'main'
let told: unknown = null
let follow: Follow

/** Excalidraw takes a new place a moment after it was asked to. */
const settle = (): void => {
  for (const fields of queued) state = { ...state, ...fields }
  queued = []
  follow.moved()
}
const api = {
  getAppState: () => state,
  updateScene: ({ appState }: { appState: Partial<typeof state> }) => queued.push(appState),
} as unknown as ExcalidrawImperativeAPI
const desk = {
  page: { get: () => page },
  go: (to: string) => (page = to),
  lead: (view: unknown) => (told = view),
} as unknown as Desk

beforeEach(() => {
  state = { scrollX: 0, scrollY: 0, zoom: { value: 1 }, ...size }
  queued = []
  page = 'main'
  follow = new Follow(desk, api)
})

test('goes where the presenter is, page, place and zoom, and on when they go on', () => {
  follow.shown({ page: 'p2', x: 100, y: 50, zoom: 2 })
  settle()
  expect(page).toBe('p2')
  expect(state).toMatchObject({ scrollX: 100, scrollY: 100, zoom: { value: 2 } })
  follow.shown({ page: 'p2', x: 0, y: 0, zoom: 1 })
  settle()
  expect(follow.state.get()).toEqual({ leading: false, offered: true, following: true })
  expect(state).toMatchObject({ scrollX: 400, scrollY: 300 })
})

test('whoever looks around by hand stays there, and may follow again', () => {
  follow.shown({ page: 'main', x: 0, y: 0, zoom: 1 })
  settle()
  state = { ...state, scrollX: 5 }
  follow.moved()
  expect(follow.state.get().following).toBe(false)
  follow.shown({ page: 'main', x: 50, y: 0, zoom: 1 })
  settle()
  expect(state.scrollX).toBe(5)
  follow.follow()
  settle()
  expect(state.scrollX).toBe(350)
  follow.shown(null)
  expect(follow.state.get()).toEqual({ leading: false, offered: false, following: false })
})

test('whoever leads tells where they look, and follows nobody', () => {
  follow.lead(true)
  expect(told).toEqual({ page: 'main', x: 400, y: 300, zoom: 1 })
  follow.shown({ page: 'p2', x: 0, y: 0, zoom: 1 })
  expect(page).toBe('main')
  follow.lead(false)
  expect(told).toBeNull()
})
