import { expect, test } from 'vitest'
import { ToldMedia } from './told-media'

const off = { microphone: true, camera: false, screen: false }

test('says a thing once, and all of it on a fresh socket', () => {
  const told = new ToldMedia()
  expect(told.isNews(off)).toBe(true)
  told.tell(off)
  expect(told.isNews({ ...off })).toBe(false)
  expect(told.isNews({ ...off, camera: true })).toBe(true)
  told.forget()
  expect(told.isNews(off)).toBe(true)
})

test('a full server means the picture that was switched on last, also when one muted meanwhile', () => {
  const told = new ToldMedia()
  told.tell(off)
  expect(told.refused()).toEqual([])
  told.tell({ ...off, camera: true })
  told.tell({ ...off, camera: true, microphone: false })
  expect(told.refused()).toEqual(['camera'])
  told.tell({ ...off, camera: true, screen: true })
  expect(told.refused()).toEqual(['screen'])
  told.tell({ ...off, camera: true })
  expect(told.refused()).toEqual([])
})

test('on a fresh socket it means every picture', () => {
  const told = new ToldMedia()
  told.tell({ ...off, camera: true })
  told.forget()
  told.tell({ ...off, camera: true, screen: true })
  expect(told.refused()).toEqual(['camera', 'screen'])
})
