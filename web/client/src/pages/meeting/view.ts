// How people and board share the page. Pure, but for the hook at the end that asks how wide the page is.
import { useSyncExternalStore } from 'react'

export type View = 'people' | 'both' | 'board'

/** What is really shown: on a phone one of the two. */
export function shown(view: View, narrow: boolean): { people: boolean; board: boolean } {
  if (narrow) return { people: view !== 'board', board: view === 'board' }
  return { people: view !== 'board', board: view !== 'people' }
}

/** W: the board comes and goes. */
export function toggleBoard(view: View, narrow: boolean): View {
  return shown(view, narrow).board ? 'people' : narrow ? 'board' : 'both'
}

/** A screen that is shown wants room; afterwards everything is as before, unless somebody chose otherwise. */
export function viewForScreens(view: View, chosen: View, screens: number, before: number): View {
  if (screens > 0 && before === 0 && view === 'both') return 'people'
  if (screens === 0 && before > 0 && view === 'people') return chosen
  return view
}

const query = '(max-width: 56.25em)'

/** The breakpoint of the meeting; in em, so that large text gets the narrow page. */
export function useNarrow(): boolean {
  return useSyncExternalStore(
    (changed) => {
      const list = matchMedia(query)
      list.addEventListener('change', changed)
      return () => list.removeEventListener('change', changed)
    },
    () => matchMedia(query).matches,
  )
}
