import { expect, test } from 'vitest'
import { partsOf, type Cutter } from './parts'

const MB = 1_000_000
const blob = (size: number) => ({ size }) as Blob

/** What travels, as [first page, pages, first number in the file, whether it is the whole one]. */
async function parts(size: number, count: number, cut: Cutter<string>): Promise<unknown[]> {
  const all: unknown[] = []
  const whole = { blob: blob(size), document: 'whole' }
  for await (const part of partsOf(whole, count, cut))
    all.push([part.at, part.count, part.first, part.document === 'whole'])
  return all
}

/** Pages of the same size, each part with so many bytes that all of them share. */
const evenly =
  (size: number, count: number, shared = 0): Cutter<string> =>
  (from, to) =>
    Promise.resolve({ blob: blob(shared + ((size - shared) * (to - from + 1)) / count), document: 'part' })

test('a large PDF travels in parts, its first page ahead, every page once', async () => {
  expect(await parts(20 * MB, 41, evenly(20 * MB, 41))).toEqual([
    [0, 1, 1, false],
    ...Array.from({ length: 8 }, (_, part) => [1 + part * 5, 5, 1, false]),
  ])
  expect(await parts(2 * MB, 4, evenly(2 * MB, 4))).toEqual([
    [0, 1, 1, false],
    [1, 1, 1, false],
    [2, 1, 1, false],
    [3, 1, 1, false],
  ])
})

test('a small one, one page, and what cannot be cut travel whole', async () => {
  const never: Cutter<string> = () => Promise.reject(new Error('nothing is cut'))
  expect(await parts(0.9 * MB, 30, never)).toEqual([[0, 30, 1, true]])
  expect(await parts(9 * MB, 1, never)).toEqual([[0, 1, 1, true]])
  expect(await parts(9 * MB, 30, () => Promise.resolve(null))).toEqual([[0, 30, 1, true]])
})

test('what all pages share is not sent again and again', async () => {
  expect(await parts(4 * MB, 40, evenly(4 * MB, 40, 0.9 * MB))).toEqual([[0, 40, 1, true]])
  const some = await parts(8 * MB, 31, evenly(8 * MB, 31, 0.6 * MB))
  expect(some.map((part) => (part as number[])[1])).toEqual([1, 10, 10, 10])
})

test('when a later part cannot be cut, the rest is in the whole one under its own numbers', async () => {
  const cut = evenly(4 * MB, 17)
  const half: Cutter<string> = (from, to) => (from > 4 ? Promise.resolve(null) : cut(from, to))
  expect(await parts(4 * MB, 17, half)).toEqual([
    [0, 1, 1, false],
    [1, 2, 1, false],
    [3, 2, 1, false],
    [5, 12, 6, true],
  ])
  // Larger than all of it: the same once more would be sent with every part.
  const swollen: Cutter<string> = (from, to) =>
    from === 1 ? cut(from, to) : Promise.resolve({ blob: blob(5 * MB), document: 'part' })
  expect(await parts(4 * MB, 17, swollen)).toEqual([
    [0, 1, 1, false],
    [1, 16, 2, true],
  ])
})
