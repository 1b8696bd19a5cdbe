export {
  currentLanguage,
  onLanguageChange,
  pickLanguage,
  setLanguage,
  useLanguage,
  type Language,
} from './language'
export { currentWords, useWords, words, type Words } from './words'
