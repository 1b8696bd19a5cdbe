// What is on the page, in words, for people who do not see it: texts as they read, from top to bottom, shapes by what
// is written in them, arrows by what they join. It follows the drawing, but no faster than it can be read.
import { memo, useEffect, useState, type ReactNode } from 'react'
import { useWords } from '../../../i18n'
import { outlineWords } from './words'

export interface Outlined {
  readonly id: string
  readonly type: string
  readonly x: number
  readonly y: number
  readonly isDeleted: boolean
  readonly text?: string
  readonly originalText?: string
  readonly containerId?: string | null
  readonly name?: string | null
  readonly startBinding?: { readonly elementId: string } | null
  readonly endBinding?: { readonly elementId: string } | null
}

interface Phrases {
  readonly kinds: Readonly<Record<string, string>>
  readonly said: (kind: string, text: string) => string
  readonly joins: (from: string, to: string) => string
  readonly times: (kind: string, n: string) => string
}

const LINES_MAX = 200
const EVERY_MS = 1500

/** The lines of the outline, in reading order; what has no words is counted at the end. */
export function outlineOf(elements: readonly Outlined[], t: Phrases): readonly string[] {
  const live = elements.filter(({ isDeleted }) => !isDeleted)
  const inside = new Map<string, string>()
  for (const { containerId, text, originalText } of live) {
    if (containerId) inside.set(containerId, oneLine(originalText ?? text ?? ''))
  }
  const byId = new Map(live.map((element) => [element.id, element]))
  const title = (id: string | undefined): string | null => {
    const element = id === undefined ? undefined : byId.get(id)
    if (!element) return null
    return inside.get(element.id) || (element.type === 'text' ? oneLine(element.text ?? '') : null)
  }
  const lines: string[] = []
  const counted = new Map<string, number>()
  // Lines of about 40 px, so that what stands beside each other reads from left to right.
  const rows = live.toSorted((a, b) => Math.round(a.y / 40) - Math.round(b.y / 40) || a.x - b.x)
  for (const element of rows) {
    const { type, containerId } = element
    const kind = t.kinds[type]
    if (type === 'text') {
      if (!containerId) lines.push(oneLine(element.text ?? ''))
      continue
    }
    const [from, to] = [title(element.startBinding?.elementId), title(element.endBinding?.elementId)]
    const words = inside.get(element.id) || (type === 'frame' ? element.name : null)
    if (kind && words) lines.push(t.said(kind, words))
    else if (type === 'arrow' && from && to) lines.push(t.joins(from, to))
    else if (kind) counted.set(kind, (counted.get(kind) ?? 0) + 1)
  }
  for (const [kind, count] of counted) lines.push(count === 1 ? kind : t.times(kind, String(count)))
  return lines.filter((line) => line !== '')
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim()
}

interface OutlineProps {
  page: string
  /** The elements as they are now. */
  read: () => readonly Outlined[]
  /** Calls back when anything may have changed; returns how to stop. */
  subscribe: (changed: () => void) => () => void
}

export const Outline = memo(function Outline({ page, read, subscribe }: OutlineProps): ReactNode {
  const t = useWords(outlineWords)
  const [lines, setLines] = useState<readonly string[]>([])
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | null = null
    const look = (): void => {
      timer = null
      const next = outlineOf(read(), t)
      setLines((now) =>
        now.length === next.length && now.every((line, at) => line === next[at]) ? now : next,
      )
    }
    const changed = (): void => {
      timer ??= setTimeout(look, EVERY_MS)
    }
    look()
    const stop = subscribe(changed)
    return () => {
      stop()
      if (timer !== null) clearTimeout(timer)
    }
  }, [read, subscribe, t])
  return (
    <section className="sr" aria-label={t.title(page)}>
      <h3>{t.title(page)}</h3>
      {lines.length === 0 ? <p>{t.empty}</p> : null}
      <ul>
        {lines.slice(0, LINES_MAX).map((line, at) => (
          // oxlint-disable-next-line react/no-array-index-key -- lines have no names, and may be the same twice
          <li key={at}>{line}</li>
        ))}
      </ul>
      {lines.length > LINES_MAX ? <p>{t.more(String(lines.length - LINES_MAX))}</p> : null}
    </section>
  )
})
