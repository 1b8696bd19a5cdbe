// Theme and language as chosen earlier on this device; src/ui/theme.ts and src/i18n/language.ts do the rest.
try {
  var theme = localStorage.getItem('kegelbahn.theme')
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme
  var language = localStorage.getItem('kegelbahn.language') || navigator.language
  document.documentElement.lang = /^de/i.test(language) ? 'de' : 'en'
} catch (_) {
  // No storage: the system's theme and the browser's language stand.
}
