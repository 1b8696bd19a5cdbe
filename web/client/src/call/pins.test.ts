import { expect, test } from 'vitest'
import { togglePin } from './pins'

test('a pin comes and goes, and a fourth takes the place of the oldest', () => {
  expect(togglePin([], 'a')).toEqual(['a'])
  expect(togglePin(['a', 'b'], 'a')).toEqual(['b'])
  expect(togglePin(['a', 'b', 'c'], 'd')).toEqual(['b', 'c', 'd'])
})
