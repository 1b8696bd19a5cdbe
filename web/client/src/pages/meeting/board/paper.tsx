import { type ReactNode } from 'react'
import type { Desk } from '../../../board/desk'
import { useStore } from '../../door/use-store'

/** The paper beneath the drawing, which moves and grows with it. */
export function Paper({ desk }: { desk: Desk }): ReactNode {
  const pages = useStore(desk.pages)
  const id = useStore(desk.page)
  const page = pages.find((one) => one.id === id)
  return <div className={`paper paper-${page?.slide ? 'blank' : (page?.paper ?? 'dotted')}`} aria-hidden />
}
