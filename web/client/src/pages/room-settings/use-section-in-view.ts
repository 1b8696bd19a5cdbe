import { useEffect, useState } from 'react'

/** The first of these sections that is in the upper part of the window. `ids` must be stable. */
export function useSectionInView<T extends string>(ids: readonly T[]): T | undefined {
  const [inView, setInView] = useState(ids[0])
  useEffect(() => {
    const visible = new Set<string>()
    const observer = new IntersectionObserver(
      (entries) => {
        for (const { target, isIntersecting } of entries) {
          if (isIntersecting) visible.add(target.id)
          else visible.delete(target.id)
        }
        const first = ids.find((id) => visible.has(id))
        if (first !== undefined) setInView(first)
      },
      { rootMargin: '0px 0px -55% 0px' },
    )
    for (const id of ids) {
      const section = document.getElementById(id)
      if (section) observer.observe(section)
    }
    return () => observer.disconnect()
  }, [ids])
  return inView
}
