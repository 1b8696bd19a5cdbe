// The one bridge from the call's stores to React.
import { useSyncExternalStore } from 'react'
import type { Store } from '../../call/store'

/** The store's value, drawn anew whenever it changes. */
export function useStore<T>(store: Store<T>): T {
  return useSyncExternalStore(store.subscribe, store.get)
}
