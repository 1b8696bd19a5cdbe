// Pages behind a login: they share who is logged in and send everybody else to the login page.
import { useEffect } from 'react'
import { useLocation } from 'wouter'
import type { ApiError } from './request'

/** Goes to the login page when an answer was `401`, and back here afterwards. */
export function useLoginWhenNeeded(fault: ApiError | undefined): void {
  const [path, goTo] = useLocation()
  useEffect(() => {
    if (fault?.status === 401) goTo(`/login?next=${encodeURIComponent(path)}`, { replace: true })
  }, [fault, path, goTo])
}

/** Where to go after logging in: one of our own pages, never an address from outside. */
export function pageAfterLogin(search: string): string {
  const next = new URLSearchParams(search).get('next')
  return next !== null && /^\/rooms(\/[\w-]+)?$/.test(next) ? next : '/rooms'
}
