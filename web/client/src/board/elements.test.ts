import { expect, test } from 'vitest'
import { inOrder } from './elements'
import { element } from './made-up'

test('elements stand from the back to the front, whatever order a document has them in', () => {
  const [front, back, same] = [
    element('a', 1, { index: 'a2' }),
    element('c', 1, { index: 'a0' }),
    element('b', 1, { index: 'a0' }),
  ]
  expect(inOrder([front, back, same]).map(({ id }) => id)).toEqual(['b', 'c', 'a'])
  const sorted = [same, back, front]
  expect(inOrder(sorted)).toBe(sorted)
})
