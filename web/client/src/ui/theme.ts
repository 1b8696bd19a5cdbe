// "Tag" (light) and "Tafel" (dark). The system decides until somebody chooses; the choice stays on this device.
import { useSyncExternalStore } from 'react'

export type Theme = 'light' | 'dark'

const KEY = 'kegelbahn.theme'
const listeners = new Set<() => void>()
const systemIsDark = (): MediaQueryList => matchMedia('(prefers-color-scheme: dark)')

/** The theme that is shown now. */
export function currentTheme(): Theme {
  const chosen = document.documentElement.dataset.theme
  if (chosen === 'light' || chosen === 'dark') return chosen
  return systemIsDark().matches ? 'dark' : 'light'
}

/** The theme that is shown, as a hook; also for the board and for graphs, which draw on a canvas. */
export function useTheme(): Theme {
  return useSyncExternalStore(onThemeChange, currentTheme)
}

/** Shows and remembers the other theme. */
export function toggleTheme(): void {
  const theme: Theme = currentTheme() === 'dark' ? 'light' : 'dark'
  document.documentElement.dataset.theme = theme
  try {
    localStorage.setItem(KEY, theme)
  } catch {
    // Without storage the choice lasts as long as the page.
  }
  for (const listener of listeners) listener()
}

function onThemeChange(listener: () => void): () => void {
  const system = systemIsDark()
  listeners.add(listener)
  system.addEventListener('change', listener)
  return () => {
    listeners.delete(listener)
    system.removeEventListener('change', listener)
  }
}
