import { useEffect, useState } from 'react'

/** True once `now` has been true for so long: what is over sooner need not be told. */
export function useLasting(now: boolean, ms: number): boolean {
  const [lasting, setLasting] = useState(false)
  useEffect(() => {
    if (!now) return undefined
    const timer = setTimeout(() => setLasting(true), ms)
    return () => {
      clearTimeout(timer)
      setLasting(false)
    }
  }, [now, ms])
  return now && lasting
}

/** Calls `seen` a while after `what` appeared, once for each. */
export function useSeen(what: object | null, ms: number, seen: () => void): void {
  useEffect(() => {
    if (!what) return undefined
    const timer = setTimeout(seen, ms)
    return () => clearTimeout(timer)
  }, [what, ms, seen])
}
