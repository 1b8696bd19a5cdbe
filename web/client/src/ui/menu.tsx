import { DropdownMenu as Radix } from 'radix-ui'
import type { ReactNode } from 'react'

interface MenuProps {
  /** The button that opens it. */
  trigger: ReactNode
  /** A line of text above the items. */
  label?: ReactNode
  children: ReactNode
}

/** A menu under a button; arrow keys, Escape and typing ahead come from Radix. */
export function Menu({ trigger, label, children }: MenuProps): ReactNode {
  return (
    <Radix.Root modal={false}>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content className="menu" align="end" sideOffset={6} collisionPadding={12}>
          {label ? <Radix.Label className="menu-label">{label}</Radix.Label> : null}
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}

/** Something a menu can do. */
export function MenuItem(props: {
  onSelect: () => void
  bad?: boolean
  icon?: ReactNode
  children: ReactNode
}): ReactNode {
  return (
    <Radix.Item className={props.bad ? 'menu-item bad' : 'menu-item'} onSelect={props.onSelect}>
      {props.icon}
      {props.children}
    </Radix.Item>
  )
}
