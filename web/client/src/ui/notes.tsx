import { Check, CircleAlert, Info, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { classNames } from './class-names'

const ICONS = { info: Info, warn: TriangleAlert, bad: CircleAlert, good: Check }

interface NoticeProps {
  look?: keyof typeof ICONS
  /** `status` is read out when it is convenient, `alert` at once; without one it is part of the page. */
  role?: 'status' | 'alert'
  children: ReactNode
}

/** A sentence that stays true for a while: put the first words in `<b>`. Never laid over a face or a tool. */
export function Notice({ look = 'info', role, children }: NoticeProps): ReactNode {
  const Icon = ICONS[look]
  return (
    <div className={classNames('notice', look)} role={role}>
      <Icon className="i" aria-hidden />
      <span className="grow">{children}</span>
    </div>
  )
}

/** A short fact beside something. */
export function Badge({
  look,
  children,
}: {
  look?: 'ok' | 'lamp' | 'fluff'
  children: ReactNode
}): ReactNode {
  return <span className={classNames('badge', look)}>{children}</span>
}

/** How many are new; `label` says of what. */
export function Count({ value, label }: { value: number; label: string }): ReactNode {
  return (
    <span className="count">
      <span aria-hidden>{value > 99 ? '99+' : value}</span>
      <span className="sr">{label}</span>
    </span>
  )
}

/** A key to press. */
export function Key({ children }: { children: ReactNode }): ReactNode {
  return <kbd className="kbd">{children}</kbd>
}

/** Waiting for a machine: the ball rolls and the sentence says what for. */
export function Rolling({
  children,
  announce = true,
}: {
  children: ReactNode
  announce?: boolean
}): ReactNode {
  return (
    <div className="rolls" role={announce ? 'status' : undefined}>
      <div className="rolling" aria-hidden>
        <span />
      </div>
      <p className="small muted">{children}</p>
    </div>
  )
}
