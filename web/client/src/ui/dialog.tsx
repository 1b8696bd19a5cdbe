import { Dialog as Radix } from 'radix-ui'
import type { ReactNode } from 'react'

interface DialogProps {
  open: boolean
  onOpenChange: (open: boolean) => void
  title: string
  /** What happens, in a sentence; also what screen readers hear first. */
  description?: ReactNode
  children?: ReactNode
  /** The safe choice first, the named verb last. */
  actions: ReactNode
}

/** A question that needs an answer. Escape and a press outside are the safe choice. */
export function Dialog({
  open,
  onOpenChange,
  title,
  description,
  children,
  actions,
}: DialogProps): ReactNode {
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className="scrim" />
        <Radix.Content className="dlg" {...(description ? {} : { 'aria-describedby': undefined })}>
          <Radix.Title>{title}</Radix.Title>
          {description ? (
            <Radix.Description asChild>
              <div className="soft">{description}</div>
            </Radix.Description>
          ) : null}
          {children}
          <div className="acts">{actions}</div>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}
