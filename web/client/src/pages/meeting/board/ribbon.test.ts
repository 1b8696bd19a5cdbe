import { expect, test } from 'vitest'
import { isPressed, radiusOf, ribbon, type Outline } from './ribbon'

/** The outlines of a path as points; a disc is eight of them. */
function outlines(draw: (path: Outline) => void): [number, number][][] {
  const all: [number, number][][] = []
  draw({
    moveTo: (x, y) => void all.push([[x, y]]),
    lineTo: (x, y) => void all.at(-1)?.push([x, y]),
    closePath: () => undefined,
    arc: (x, y, radius, from, to) => {
      for (let at = 1; at < 8; at += 1) {
        const angle = from + ((to - from) * at) / 8
        all.at(-1)?.push([x + radius * Math.cos(angle), y + radius * Math.sin(angle)])
      }
    },
  })
  return all
}

/** Twice the area, with the sign of how it turns. */
function turning(outline: readonly [number, number][]): number {
  return outline.reduce((sum, [x, y], at) => {
    const [nextX, nextY] = outline[(at + 1) % outline.length] ?? [0, 0]
    return sum + x * nextY - nextX * y
  }, 0)
}

test('pens are as wide as Excalidraw draws them in the end', () => {
  // Widths that perfect-freehand 1.2 gave a straight stroke of width 1 with Excalidraw's settings.
  expect(2 * radiusOf(1, 0)).toBeCloseTo(2.6266, 4)
  expect(2 * radiusOf(1, 0.5)).toBeCloseTo(6.0104, 4)
  expect(2 * radiusOf(1, 1)).toBeCloseTo(8.084, 4)
  expect(isPressed([[0, 0, 0]])).toBe(true)
  expect(isPressed([[0, 0]])).toBe(false)
  expect(isPressed([])).toBe(false)
})

test('a ribbon turns one way, whichever way the stroke goes', () => {
  const round = Array.from({ length: 13 }, (_, at): [number, number, number] => [
    20 * Math.cos(at),
    20 * Math.sin(at),
    at / 12,
  ])
  for (const points of [round, round.toReversed()]) {
    const parts = outlines((path) => ribbon(path, points, 2))
    expect(parts).toHaveLength(13 + 12)
    expect(parts.map((part) => Math.sign(turning(part)))).toEqual(parts.map(() => 1))
  }
  // A pen that rests is a disc.
  expect(
    outlines((path) =>
      ribbon(
        path,
        [
          [1, 1, 0.5],
          [1, 1, 0.5],
        ],
        1,
      ),
    ),
  ).toHaveLength(2)
})
