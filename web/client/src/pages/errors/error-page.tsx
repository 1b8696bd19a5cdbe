import type { ReactNode } from 'react'
import { Art, Shell } from '../../ui'
import './errors.css'

interface ErrorPageProps {
  title: string
  headline: string
  art: string
  children: ReactNode
}

/** Says what happens, then what to do. Text left, picture right; on phones the picture comes first. */
export function ErrorPage({ title, headline, art, children }: ErrorPageProps): ReactNode {
  return (
    <Shell title={title} className="inside broken">
      <div>
        <h1 className="sign">{headline}</h1>
        {children}
      </div>
      <Art of={art} className="pic" />
    </Shell>
  )
}
