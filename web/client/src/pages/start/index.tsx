import type { ReactNode } from 'react'
import { Shell } from '../../ui'

export function StartPage(): ReactNode {
  return <Shell title="Start">{null}</Shell>
}
