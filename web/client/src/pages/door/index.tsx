import type { ReactNode } from 'react'
import { Shell } from '../../ui'

/** Behind a door: join, wait, meet. */
export default function DoorPage({ door }: { door: string }): ReactNode {
  return <Shell title={door}>{null}</Shell>
}
