// What the server says of itself, asked once per visit: every page's foot needs it.
import { useEffect, useSyncExternalStore } from 'react'
import { getServer } from './index'
import type { Server } from '../generated/api'

let known: Server | undefined
let asked = false
const listeners = new Set<() => void>()

/** The server's own facts, or undefined until they are known (or when it does not answer). */
export function useServer(): Server | undefined {
  useEffect(ask, [])
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => known,
  )
}

/** Forgets and asks again, for instance after the first account was made. */
export function askServerAgain(): void {
  asked = false
  ask()
}

function ask(): void {
  if (asked) return
  asked = true
  getServer().then(
    (server) => {
      known = server
      for (const listener of listeners) listener()
    },
    () => {
      asked = false
    },
  )
}
