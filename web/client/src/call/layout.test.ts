import { describe, expect, test } from 'vitest'
import { GAP, layout, stageLayout, type Rect } from './layout'

const sizes: [number, number][] = [
  [400, 672],
  [1408, 672],
  [390, 560],
  [374, 250],
  [800, 200],
]
const apart = (a: Rect, b: Rect): boolean =>
  a.x + a.width <= b.x + 0.01 ||
  b.x + b.width <= a.x + 0.01 ||
  a.y + a.height <= b.y + 0.01 ||
  b.y + b.height <= a.y + 0.01

function expectFits(rects: readonly Rect[], width: number, height: number): void {
  for (const rect of rects) {
    expect(rect.x).toBeGreaterThanOrEqual(-0.01)
    expect(rect.y).toBeGreaterThanOrEqual(-0.01)
    expect(rect.x + rect.width).toBeLessThanOrEqual(width + 0.01)
    expect(rect.y + rect.height).toBeLessThanOrEqual(height + 0.01)
  }
  rects.forEach((a, i) => rects.slice(i + 1).forEach((b) => expect(apart(a, b)).toBe(true)))
}

describe('layout', () => {
  test.each(sizes)(
    '1 to 16 people fit into %i × %i without overlap, all equal, no slits',
    (width, height) => {
      for (let n = 1; n <= 16; n += 1) {
        const rects = layout(n, width, height)
        expect(rects).toHaveLength(n)
        expectFits(rects, width, height)
        const aspect = (rects[0]?.width ?? 0) / (rects[0]?.height ?? 1)
        expect(aspect).toBeGreaterThan(0.7)
        expect(aspect).toBeLessThan(1.95)
        expect(new Set(rects.map((rect) => `${rect.width.toFixed(3)}×${rect.height.toFixed(3)}`)).size).toBe(
          1,
        )
      }
    },
  )

  test.each(sizes)('uses at least half of %i × %i from 1 to 16 people', (width, height) => {
    for (let n = 1; n <= 16; n += 1) {
      const used = layout(n, width, height).reduce((sum, rect) => sum + rect.width * rect.height, 0)
      // One face in a very wide strip cannot fill it; everything else does.
      const least = n === 1 || width / height > 3 ? 0.3 : 0.5
      expect(used / (width * height)).toBeGreaterThan(least)
    }
  })

  test('six people beside the board stand two by three, as drawn', () => {
    const rects = layout(6, 400, 672)
    expect(new Set(rects.map((rect) => rect.x)).size).toBe(2)
    expect(new Set(rects.map((rect) => rect.y)).size).toBe(3)
    expect(rects[0]?.width).toBe((400 - GAP) / 2)
  })

  test('centres a last row that is not full', () => {
    const rects = layout(5, 1200, 700)
    const last = rects.slice(3)
    const middle = last.reduce((sum, rect) => sum + rect.x + rect.width / 2, 0) / last.length
    expect(middle).toBeCloseTo(600)
  })

  test('nobody and no room are no tiles', () => {
    expect(layout(0, 100, 100)).toEqual([])
    expect(layout(3, 0, 100)).toEqual([])
  })
})

describe('stageLayout', () => {
  test.each(
    sizes.flatMap(([width, height]) => [[1, 0, width, height] as const, [0, 1, width, height] as const]),
  )('%i screen or %i pinned person is larger than any other in %i × %i', (screens, pinned, width, height) => {
    for (let people = 1; people <= 16; people += 1) {
      const stage = stageLayout(screens, pinned, people, width, height)
      expectFits([...stage.large, ...stage.small], width, height)
      const area = (rect: Rect | undefined): number => (rect ? rect.width * rect.height : 0)
      expect(area(stage.large[0])).toBeGreaterThan(area(stage.small[0]))
    }
  })

  test('without a screen it is the plain grid', () => {
    expect(stageLayout(0, 0, 4, 800, 600).small).toEqual(layout(4, 800, 600))
  })
})
