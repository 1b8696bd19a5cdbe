// The one place that talks to /api. Answers are typed by whoever calls; every failure is an `ApiError` with a
// stable code, so that pages can say what happened in their own words and language.

/** The server's errors, and two of our own: `unreachable` (no answer) and `unreadable` (not an answer of ours). */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  constructor(
    readonly code: string,
    readonly status: number,
    message: string,
  ) {
    super(message)
  }
}

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE'

/** Asks the server. `path` starts behind `/api`. */
export async function request<T>(
  method: Method,
  path: string,
  body?: unknown,
  signal?: AbortSignal,
): Promise<T> {
  const response = await send(method, path, body, signal)
  if (response.status === 204) return undefined as T
  const answer: unknown = await response.json().catch(() => undefined)
  if (!response.ok) throw faultOf(answer, response.status)
  if (answer === undefined) throw new ApiError('unreadable', response.status, 'The answer was not JSON.')
  return answer as T
}

async function send(method: Method, path: string, body: unknown, signal?: AbortSignal): Promise<Response> {
  try {
    return await fetch(`/api${path}`, {
      method,
      credentials: 'same-origin',
      cache: 'no-store',
      ...(signal && { signal }),
      ...(body !== undefined && {
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    })
  } catch (cause) {
    if (signal?.aborted) throw cause
    throw new ApiError('unreachable', 0, 'The server did not answer.')
  }
}

function faultOf(answer: unknown, status: number): ApiError {
  const fault = typeof answer === 'object' && answer !== null ? (answer as Record<string, unknown>) : {}
  const { code, message } = fault
  if (typeof code === 'string' && typeof message === 'string') return new ApiError(code, status, message)
  return new ApiError('unreadable', status, 'The answer was not one of ours.')
}
