import type { ReactNode } from 'react'
import { Shell } from '../../ui'

export default function RoomSettingsPage({ id }: { id: string }): ReactNode {
  return <Shell title={id}>{null}</Shell>
}
