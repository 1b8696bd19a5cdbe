import { describe, expect, test } from 'vitest'
import { keyAction, type KeyPress } from './shortcuts'

const press = (key: string, fields: Partial<KeyPress> = {}): KeyPress => ({
  key,
  code: key === ' ' ? 'Space' : `Key${key.toUpperCase()}`,
  repeat: false,
  ctrlKey: false,
  altKey: false,
  metaKey: false,
  ...fields,
})

describe('keys', () => {
  test('do what the help says, in capitals too', () => {
    expect(['m', 'V', 'd', 'w', 'k', '?'].map((key) => keyAction(press(key), 'page'))).toEqual([
      'microphone',
      'camera',
      'screen',
      'board',
      'knock',
      'help',
    ])
    expect(keyAction(press('x'), 'page')).toBeNull()
  })

  test('write in text fields and draw on the board', () => {
    for (const key of ['m', 'v', ' ', '?']) expect(keyAction(press(key), 'text')).toBeNull()
    expect(keyAction(press('v'), 'board')).toBeNull()
    expect(keyAction(press(' '), 'board')).toBeNull()
    expect(keyAction(press('m'), 'board')).toBe('microphone')
  })

  test('Space speaks, but presses a button that has the focus', () => {
    expect(keyAction(press(' '), 'page')).toBe('talk')
    expect(keyAction(press(' '), 'control')).toBeNull()
  })

  test('leave the browser its own', () => {
    expect(keyAction(press('d', { ctrlKey: true }), 'page')).toBeNull()
    expect(keyAction(press('m', { metaKey: true }), 'page')).toBeNull()
    expect(keyAction(press('m', { repeat: true }), 'page')).toBeNull()
  })
})
