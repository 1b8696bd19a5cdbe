import { useCallback, useEffect, useRef, useState } from 'react'
import { ApiError } from './request'

/** What became of a question to the server. While it is asked again, the last answer stays. */
export interface Asked<T> {
  answer: T | undefined
  fault: ApiError | undefined
  /** Asks again. */
  again: () => void
  /** Puts an answer in that came by another way, such as the result of a change. */
  put: (answer: T) => void
}

/**
 * Asks once when a page opens, and again every `everyMs` while the page is in view. `question` must be stable
 * (a function of the module, or `useCallback`). A failed repetition keeps the last answer and reports no fault.
 */
export function useAsk<T>(question: (signal?: AbortSignal) => Promise<T>, everyMs?: number): Asked<T> {
  const [state, setState] = useState<{ answer?: T; fault?: ApiError }>({})
  const ask = useRef(() => {})

  useEffect(() => {
    let stop = new AbortController()
    const answered = (answer: T): void => setState({ answer })
    const failed = (cause: unknown): void => {
      const fault = cause instanceof ApiError ? cause : new ApiError('unreachable', 0, String(cause))
      setState((last) => (last.answer !== undefined && fault.status !== 401 ? last : { fault }))
    }
    ask.current = () => {
      stop.abort()
      const { signal } = (stop = new AbortController())
      question(signal).then(
        (answer) => !signal.aborted && answered(answer),
        (cause: unknown) => !signal.aborted && failed(cause),
      )
    }
    ask.current()
    if (everyMs === undefined) return () => stop.abort()
    const timer = setInterval(() => document.visibilityState === 'visible' && ask.current(), everyMs)
    return () => {
      clearInterval(timer)
      stop.abort()
    }
  }, [question, everyMs])

  const again = useCallback(() => ask.current(), [])
  const put = useCallback((answer: T) => setState({ answer }), [])
  return { answer: state.answer, fault: state.fault, again, put }
}
