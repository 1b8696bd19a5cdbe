import { useEffect, type RefObject } from 'react'

/** What Excalidraw 0.18.1 says wrongly, or not at all, to screen readers. */
export function useRepairedNames(frame: RefObject<HTMLElement | null>, menu: string): void {
  useEffect(() => {
    const element = frame.current
    if (!element) return undefined
    const repair = (): void => {
      for (const button of element.querySelectorAll('.main-menu-trigger'))
        button.setAttribute('aria-label', menu)
      // It shows "100%", and is called something else.
      for (const button of element.querySelectorAll('.reset-zoom-button'))
        button.removeAttribute('aria-label')
      // A second page footer would be one too many.
      for (const footer of element.querySelectorAll('footer')) footer.setAttribute('role', 'group')
    }
    repair()
    const observer = new MutationObserver(repair)
    observer.observe(element, { childList: true, subtree: true })
    return () => observer.disconnect()
  }, [frame, menu])
}
