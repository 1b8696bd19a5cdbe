import type { ReactNode } from 'react'
import { Shell } from '../../ui'

export default function Page(): ReactNode {
  return <Shell title="setup">{null}</Shell>
}
