import { expect, test } from 'vitest'
import { FirstLook, type Sight } from './first-look'

function looking(sight: Partial<Sight>): {
  look: FirstLook
  now: Record<keyof Sight, boolean>
  shows: () => number
} {
  const now = { sized: true, there: true, shown: true, ...sight }
  let shows = 0
  return {
    look: new FirstLook(
      () => now,
      () => (shows += 1),
    ),
    now,
    shows: () => shows,
  }
}

test('a page is shown whole once the document, the scene and the screen have it', () => {
  const { look, now, shows } = looking({ sized: false, there: false, shown: false })
  look.owe()
  now.there = true
  look.open()
  now.shown = true
  look.settle()
  expect(shows()).toBe(0)
  now.sized = true
  look.settle()
  expect(shows()).toBe(1)
})

test('before the document has arrived an empty page is no reason to forget it', () => {
  const { look, now, shows } = looking({ there: false, shown: false })
  look.owe()
  look.settle()
  Object.assign(now, { there: true, shown: true })
  look.open()
  expect(shows()).toBe(1)
})

test('an empty page is seen as it is, and no view jumps with the first stroke of others', () => {
  const { look, now, shows } = looking({ there: false, shown: false })
  look.owe()
  look.open()
  Object.assign(now, { there: true, shown: true })
  look.settle()
  expect(shows()).toBe(0)
})

test('it happens once for each page', () => {
  const { look, shows } = looking({})
  look.open()
  look.owe()
  look.settle()
  look.owe()
  expect(shows()).toBe(2)
})
