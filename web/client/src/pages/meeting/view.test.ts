import { expect, test } from 'vitest'
import { shown, toggleBoard, viewForScreens } from './view'

test('a phone shows one thing, a desk both', () => {
  expect(shown('both', true)).toEqual({ people: true, board: false })
  expect(shown('board', true)).toEqual({ people: false, board: true })
  expect(shown('both', false)).toEqual({ people: true, board: true })
})

test('W brings the board and takes it away', () => {
  expect(toggleBoard('people', false)).toBe('both')
  expect(toggleBoard('both', false)).toBe('people')
  expect(toggleBoard('both', true)).toBe('board')
  expect(toggleBoard('board', true)).toBe('people')
})

test('a shared screen gets room and gives it back', () => {
  expect(viewForScreens('both', 'both', 1, 0)).toBe('people')
  expect(viewForScreens('people', 'both', 0, 1)).toBe('both')
  expect(viewForScreens('people', 'people', 0, 1)).toBe('people')
  expect(viewForScreens('board', 'board', 1, 0)).toBe('board')
  expect(viewForScreens('both', 'both', 2, 1)).toBe('both')
})
