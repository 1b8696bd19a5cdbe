import { expect, test } from 'vitest'
import { pickLanguage } from './language'
import { currentWords, words } from './words'

test('a choice made here outranks the browser, the browser outranks English', () => {
  expect(pickLanguage('en', ['de-DE'])).toBe('en')
  expect(pickLanguage(null, ['de-AT', 'en'])).toBe('de')
  expect(pickLanguage(null, ['fr', 'de'])).toBe('de')
  expect(pickLanguage('nonsense', ['fr'])).toBe('en')
})

test('both languages speak, and a missing key does not compile', () => {
  const greeting = words({ hello: (name: string) => `Hallo ${name}` }, { hello: (name) => `Hello ${name}` })
  expect(currentWords(greeting, 'de').hello('Juna')).toBe('Hallo Juna')
  expect(currentWords(greeting, 'en').hello('Juna')).toBe('Hello Juna')
  // @ts-expect-error English lacks `bye`.
  words({ hello: 'Hallo', bye: 'Tschüss' }, { hello: 'Hello' })
  // @ts-expect-error English has a key that German lacks.
  words({ hello: 'Hallo' }, { hello: 'Hello', bye: 'Bye' })
})
