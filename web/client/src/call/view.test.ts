import { beforeEach, describe, expect, test } from 'vitest'
import { MadeUpClock } from '../signalling/made-up'
import type { ShownTile } from '../signalling/protocol'
import { sameView, shownTiles, type TilePlace } from './view'
import { VIEW_EVERY_MS, ViewReport } from './view-report'

const place = (participant: string, width = 320, height = 180): TilePlace => ({
  participant,
  kind: 'camera',
  width,
  height,
  pinned: false,
})

describe('what is shown', () => {
  test('is told in whole device pixels', () => {
    expect(shownTiles([{ ...place('a', 320.4, 180.2), pinned: true }], 1.5)).toEqual([
      { participant: 'a', kind: 'camera', width: 481, height: 270, pinned: true },
    ])
  })

  test('leaves out what has no room, and no more than the protocol takes', () => {
    expect(shownTiles([place('a', 0, 100), place('b', 100, 0.1)], 1)).toEqual([])
    expect(shownTiles([place('a', 1e6, 1e6)], 2)[0]).toMatchObject({ width: 8192, height: 8192 })
    expect(
      shownTiles(
        Array.from({ length: 300 }, (_, i) => place(String(i))),
        1,
      ),
    ).toHaveLength(256)
  })

  test('is the same in another order, and another when anything differs', () => {
    const [a, b] = shownTiles([place('a'), place('b')], 1) as [ShownTile, ShownTile]
    expect(sameView([a, b], [b, a])).toBe(true)
    expect(sameView([a], [a, b])).toBe(false)
    for (const other of [{ width: 1 }, { height: 1 }, { pinned: true }, { kind: 'screen' as const }]) {
      expect(sameView([a], [{ ...a, ...other }])).toBe(false)
    }
  })
})

describe('the report', () => {
  let clock: MadeUpClock
  let said: ShownTile[][]
  let takes: boolean
  let report: ViewReport
  const show = (...ids: string[]): void =>
    report.show(
      shownTiles(
        ids.map((id) => place(id)),
        1,
      ),
    )
  const ids = (): string[] => said.map((list) => list.map((tile) => tile.participant).join(''))

  beforeEach(() => {
    clock = new MadeUpClock()
    said = []
    takes = true
    report = new ViewReport(clock, (list) => {
      if (takes) said.push(list)
      return takes
    })
  })

  test('waits for the welcome, then tells at once', () => {
    show('a')
    expect(ids()).toEqual([])
    report.welcome()
    expect(ids()).toEqual(['a'])
  })

  test('tells the newest view five times a second at most, and nothing twice', () => {
    report.welcome()
    show('a')
    for (const view of [['b'], ['b', 'c'], ['b', 'c', 'd'], ['b', 'c']]) show('a', ...view)
    expect(ids()).toEqual(['a'])
    clock.pass(VIEW_EVERY_MS)
    expect(ids()).toEqual(['a', 'abc'])
    show('c', 'b', 'a')
    clock.pass(10_000)
    expect(ids()).toEqual(['a', 'abc'])
    expect(clock.pending).toBe(0)
  })

  test('says nothing when it came back to what was told', () => {
    report.welcome()
    show('a')
    show('a', 'b')
    show('a')
    clock.pass(VIEW_EVERY_MS)
    expect(ids()).toEqual(['a'])
  })

  test('tells that nothing is shown while the page is hidden, and the view again afterwards', () => {
    report.welcome()
    show('a')
    report.visible(false)
    clock.pass(VIEW_EVERY_MS)
    show('a', 'b')
    clock.pass(VIEW_EVERY_MS)
    expect(ids()).toEqual(['a', ''])
    report.visible(true)
    clock.pass(VIEW_EVERY_MS)
    expect(ids()).toEqual(['a', '', 'ab'])
  })

  test('tells all of it again after the next welcome, and nothing in between', () => {
    report.welcome()
    show('a')
    report.close()
    show('a', 'b')
    clock.pass(1000)
    expect(ids()).toEqual(['a'])
    report.welcome()
    expect(ids()).toEqual(['a', 'ab'])
    report.close()
    report.welcome()
    clock.pass(VIEW_EVERY_MS)
    expect(ids()).toEqual(['a', 'ab', 'ab'])
  })

  test('tries again with the next view when the socket was gone', () => {
    report.welcome()
    takes = false
    show('a')
    takes = true
    clock.pass(VIEW_EVERY_MS)
    show('a')
    expect(ids()).toEqual(['a'])
  })
})
