import { Check, Copy } from 'lucide-react'
import { useEffect, useState, type ReactNode } from 'react'
import { useWords, words } from '../i18n'
import { Button, type ButtonLook } from './button'

const copyWords = words(
  { copied: 'Kopiert', failed: 'Das ging nicht. Markier den Text und kopier ihn von Hand.' },
  { copied: 'Copied', failed: 'That did not work. Select the text and copy it by hand.' },
)

interface CopyButtonProps {
  text: string
  /** What is copied, such as "Link zu Flauschpyramide kopieren". Shown unless `square`. */
  label: string
  square?: boolean
  look?: ButtonLook
  size?: 'md' | 'lg'
}

/** Copies a text and says so on the button itself. */
export function CopyButton({
  text,
  label,
  square = false,
  look = 'quiet',
  size = 'md',
}: CopyButtonProps): ReactNode {
  const t = useWords(copyWords)
  const [outcome, setOutcome] = useState<'copied' | 'failed' | null>(null)
  useEffect(() => {
    if (outcome === null) return undefined
    const timer = setTimeout(() => setOutcome(null), 4000)
    return () => clearTimeout(timer)
  }, [outcome])

  const copy = (): void => {
    navigator.clipboard.writeText(text).then(
      () => setOutcome('copied'),
      () => setOutcome('failed'),
    )
  }
  const Icon = outcome === 'copied' ? Check : Copy
  return (
    <>
      <Button
        look={look}
        size={size}
        square={square}
        onClick={copy}
        {...(square && { 'aria-label': label, title: label })}
      >
        <Icon className="i" aria-hidden />
        {square ? null : <span>{outcome === 'copied' ? t.copied : label}</span>}
      </Button>
      <span className="sr" role="status">
        {outcome ? t[outcome] : ''}
      </span>
    </>
  )
}
