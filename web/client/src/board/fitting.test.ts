import { expect, test } from 'vitest'
import { fitting, POINTS_MAX, TEXT_MAX } from './fitting'
import { element } from './made-up'

test('what is too much is cut, what leads elsewhere goes, and what is nowhere is not written', () => {
  const fields = (given: Record<string, unknown>): Record<string, unknown> =>
    fitting(element('a', 1, given)) as unknown as Record<string, unknown>
  expect(fields({ text: 'x'.repeat(TEXT_MAX + 5) })['text']).toHaveLength(TEXT_MAX)
  expect(fields({ points: Array.from({ length: POINTS_MAX + 5 }, () => [0, 0]) })['points']).toHaveLength(
    POINTS_MAX,
  )
  expect(fields({ link: 'http://x' })['link']).toBeNull()
  expect(fields({ link: 'https://x' })['link']).toBe('https://x')
  expect(fitting(element('a', 1, { x: Number.NaN }))).toBeNull()
  expect(fitting(element('a', 1, { y: 1e9 }))).toBeNull()
  expect(fitting(element('a', 1, { points: [[0, Infinity]] }))).toBeNull()
  expect(fitting(element('a'))).toEqual(element('a'))
})
