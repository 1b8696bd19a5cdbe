import type { ReactNode } from 'react'
import type { Paper as Kind } from '../../../board/pages'
import { classNames } from '../../../ui'

/** The paper beneath the drawing, which moves and grows with it; a light table under a slide. */
export function Paper({ slide, paper }: { slide: boolean; paper: Kind }): ReactNode {
  return <div className={classNames('paper', slide ? 'table' : `paper-${paper}`)} aria-hidden />
}
