// The language of the pages: German or English. Chosen by the link in the header and remembered on this device
// only; without a choice the browser's first language decides. No library: two languages, complete by type.
import { useSyncExternalStore } from 'react'

export type Language = 'de' | 'en'

const KEY = 'kegelbahn.language'
const listeners = new Set<() => void>()
let current: Language = initial()

/** The language a browser asks for, given what was chosen earlier here (if anything). */
export function pickLanguage(chosen: string | null, browser: readonly string[]): Language {
  if (chosen === 'de' || chosen === 'en') return chosen
  const known = browser
    .map((tag) => tag.slice(0, 2).toLowerCase())
    .find((tag) => tag === 'de' || tag === 'en')
  return known === 'de' ? 'de' : 'en'
}

/** For code outside React, such as the call and the board. */
export function currentLanguage(): Language {
  return current
}

/** Remembers the choice and redraws every page that speaks. */
export function setLanguage(language: Language): void {
  current = language
  document.documentElement.lang = language
  try {
    localStorage.setItem(KEY, language)
  } catch {
    // Without storage the choice lasts as long as the page.
  }
  for (const listener of listeners) listener()
}

/** The language, as a hook. */
export function useLanguage(): Language {
  return useSyncExternalStore(onLanguageChange, currentLanguage)
}

/** Calls `listener` after every change; returns how to stop. */
export function onLanguageChange(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

function initial(): Language {
  if (typeof navigator === 'undefined') return 'en'
  let chosen: string | null = null
  try {
    chosen = localStorage.getItem(KEY)
  } catch {
    // Storage may be forbidden; the browser's language stands.
  }
  return pickLanguage(chosen, navigator.languages)
}
