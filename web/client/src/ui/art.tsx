// Pictures are our own SVG files, drawn with --art-* colours so that both themes work: `import bench from
// '../../art/bench.svg?raw'`. They are set as markup: they are part of the program, never something a person sent.
import { useMemo, type ReactNode } from 'react'

interface ArtProps {
  /** The text of a file in src/art. */
  of: string
  /** A sentence; without one the picture is hidden, because the words beside it say the same. */
  label?: string
  className?: string
}

/** One picture a page, none inside meetings, settings or dialogs. */
export function Art({ of, label, className }: ArtProps): ReactNode {
  const markup = useMemo(() => ({ __html: of }), [of])
  return (
    <span
      className={className ? `picture ${className}` : 'picture'}
      {...(label ? { role: 'img', 'aria-label': label } : { 'aria-hidden': true })}
      dangerouslySetInnerHTML={markup}
    />
  )
}
