import { useEffect, useRef, type ReactNode } from 'react'
import { isOn, type LocalMedia } from '../../call/local-media'
import { useWords } from '../../i18n'
import { Button, Dialog, Key } from '../../ui'
import { keyAction, placeOf, type KeyAction } from './shortcuts'
import { helpWords } from './words'

const LETTERS = ['M', 'V', 'D', 'W', 'K', '?'] as const

/** The list of all keys. */
export function KeysHelp({
  open,
  onOpenChange,
}: {
  open: boolean
  onOpenChange: (open: boolean) => void
}): ReactNode {
  const t = useWords(helpWords)
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title={t.title}
      description={t.lead}
      actions={
        <Button look="primary" onClick={() => onOpenChange(false)}>
          {t.done}
        </Button>
      }
    >
      <dl className="keys">
        {LETTERS.map((letter, index) => (
          <div key={letter}>
            <dt>
              <Key>{letter}</Key>
            </dt>
            <dd>{t.keys[index]}</dd>
          </div>
        ))}
        <div>
          <dt>
            <Key>{t.space}</Key>
          </dt>
          <dd>{t.talk}</dd>
        </div>
      </dl>
    </Dialog>
  )
}

/** Listens for keys on the whole page. Space speaks as long as it is held, if one was muted. */
export function useKeys(local: LocalMedia, act: (action: Exclude<KeyAction, 'talk'>) => void): void {
  const latest = useRef(act)
  useEffect(() => {
    latest.current = act
  }, [act])
  useEffect(() => {
    let talking = false
    const stop = (): void => {
      if (!talking) return
      talking = false
      void local.set('microphone', false)
    }
    const down = (event: KeyboardEvent): void => {
      if (talking && event.code === 'Space') event.preventDefault()
      const action = keyAction(event, placeOf(event.target))
      if (action === null) return
      event.preventDefault()
      if (action !== 'talk') return latest.current(action)
      const { microphone } = local.state.get()
      if (isOn(microphone) || !microphone.track) return
      talking = true
      void local.set('microphone', true)
    }
    const up = (event: KeyboardEvent): void => {
      if (event.code === 'Space') stop()
    }
    window.addEventListener('keydown', down)
    window.addEventListener('keyup', up)
    // The key may be let go in another window.
    window.addEventListener('blur', stop)
    return () => {
      stop()
      window.removeEventListener('keydown', down)
      window.removeEventListener('keyup', up)
      window.removeEventListener('blur', stop)
    }
  }, [local])
}
