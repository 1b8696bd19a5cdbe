import { expect, test } from 'vitest'
import { faultOf, idOf } from './uploads'

test('answers mean what their code says, and something else in between means a fault', () => {
  expect(faultOf(413, '{"code":"file_too_large","message":"x"}')).toBe('too_large')
  expect(faultOf(409, '{"code":"uploads_full"}')).toBe('uploads_full')
  expect(faultOf(507, '{"code":"disk_full"}')).toBe('disk_full')
  expect(faultOf(413, '<html>')).toBe('too_large')
  expect(faultOf(502, '')).toBe('failed')
  expect(idOf('{"id":"abc-1","type":"image/png","bytes":3}')).toBe('abc-1')
  expect(idOf('{"id":"../x"}')).toBeNull()
  expect(idOf('nonsense')).toBeNull()
})
