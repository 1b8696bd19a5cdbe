// Words in two languages, side by side and next to the page that uses them, so that a page's chunk brings its own.
// German sets the shape; English must have exactly the same keys with the same parameters, or it does not compile.
import { currentLanguage, useLanguage, type Language } from './language'

type Phrase = string | ((...args: never[]) => string)

/** What a set of words may look like: sentences, sentences with parameters, groups and lists of them. */
export interface Phrases {
  readonly [key: string]: Phrase | readonly string[] | Phrases
}

type SameShape<T> = {
  readonly [K in keyof T]: T[K] extends string
    ? string
    : T[K] extends (...args: infer A) => string
      ? (...args: A) => string
      : T[K] extends readonly string[]
        ? readonly string[]
        : SameShape<T[K]>
}

/** Words in both languages. */
export interface Words<T> {
  readonly de: SameShape<T>
  readonly en: SameShape<T>
}

/** Declares a page's words. A key that one language lacks is a type error. */
export function words<const T extends Phrases>(de: T, en: NoInfer<SameShape<T>>): Words<T> {
  return { de: de as unknown as SameShape<T>, en }
}

/** The words in the current language, redrawn when it changes. */
export function useWords<T>(of: Words<T>): SameShape<T> {
  return of[useLanguage()]
}

/** The words for code outside React; ask again after a change. */
export function currentWords<T>(of: Words<T>, language: Language = currentLanguage()): SameShape<T> {
  return of[language]
}
