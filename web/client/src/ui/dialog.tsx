import { useId, useLayoutEffect, useRef, type ReactNode } from 'react'

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

/**
 * A question that needs an answer. Escape and a press outside are the safe choice. It is the browser's own modal
 * dialog: everything else is inert, the focus comes back, and it writes no style element, which the content security
 * policy of pages without a board forbids (Radix's scroll lock does).
 */
export function Dialog(props: DialogProps): ReactNode {
  return props.open ? <OpenDialog {...props} /> : null
}

function OpenDialog({ onOpenChange, title, description, children, actions }: DialogProps): ReactNode {
  const id = useId()
  const dialog = useRef<HTMLDialogElement>(null)
  // Before the element goes, or the browser would not give the focus back.
  useLayoutEffect(() => {
    const element = dialog.current
    element?.showModal()
    return () => element?.close()
  }, [])
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions, jsx-a11y/click-events-have-key-events -- a press on the backdrop; Escape is the key for it
    <dialog
      ref={dialog}
      className="dlg"
      aria-labelledby={`${id}-title`}
      aria-describedby={description ? `${id}-text` : undefined}
      onCancel={(event) => {
        event.preventDefault()
        onOpenChange(false)
      }}
      onClick={(event) => {
        if (event.target === dialog.current) onOpenChange(false)
      }}
    >
      <div className="dlg-in">
        <h2 id={`${id}-title`}>{title}</h2>
        {description ? (
          <div className="soft" id={`${id}-text`}>
            {description}
          </div>
        ) : null}
        {children}
        <div className="acts">{actions}</div>
      </div>
    </dialog>
  )
}
