import { expect, test } from 'vitest'
import { Stays } from './resume'

function box(): Pick<Storage, 'getItem' | 'setItem' | 'removeItem'> {
  const kept = new Map<string, string>()
  return {
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
    removeItem: (key) => void kept.delete(key),
  }
}

test('each door has its own token, and forgetting takes one of them', () => {
  const stays = new Stays(box())
  const juna = { token: 'ta', name: 'Juna', insideSince: null, microphone: true, camera: false }
  stays.set('a', juna)
  stays.set('b', { ...juna, token: 'tb', insideSince: 5 })
  expect(stays.get('a')).toEqual(juna)
  stays.forget('a')
  expect(stays.get('a')).toBeNull()
  expect(stays.get('b')?.token).toBe('tb')
})

test('rubbish in the storage, or none at all, is as no stay', () => {
  const rubbish = { ...box(), getItem: () => '{"token":1}' }
  expect(new Stays(rubbish).get('a')).toBeNull()
  expect(new Stays({ ...box(), getItem: () => '{' }).get('a')).toBeNull()
  const none = new Stays(null)
  none.set('a', { token: 't', name: 'n', insideSince: null, microphone: true, camera: true })
  expect(none.get('a')).toBeNull()
})
