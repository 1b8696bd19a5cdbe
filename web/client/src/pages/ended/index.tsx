// The goodbye, whatever its reason. Says what is gone and where one can go from here.
import { useEffect, useRef, type ReactNode } from 'react'
import bye from '../../art/bye.svg?raw'
import gone from '../../art/gone.svg?raw'
import { useWords } from '../../i18n'
import type { RoomFace } from '../../signalling/protocol'
import type { Ending } from '../../signalling/state'
import { Art, Button, LinkButton, Shell } from '../../ui'
import { endedWords } from './words'

interface EndedProps {
  ending: Exclude<Ending, 'door_unknown'>
  room: RoomFace | null
  /** Back to the join page of the same door. */
  onAgain: () => void
}

export function EndedPage({ ending, room, onAgain }: EndedProps): ReactNode {
  const t = useWords(endedWords)
  const headline = useRef<HTMLHeadingElement>(null)
  useEffect(() => headline.current?.focus(), [])
  const { title, lead } = t[ending]
  return (
    <Shell title={title} className="ended">
      <div>
        <h1 className="sign" tabIndex={-1} ref={headline}>
          {title}
        </h1>
        <p className="lead">{lead(room?.name ?? t.theRoom)}</p>
        <div className="do">
          <Way ending={ending} onAgain={onAgain} />
          <LinkButton look="outline" size="lg" href="/">
            {t.home}
          </LinkButton>
        </div>
      </div>
      <Art of={ending === 'room_gone' ? gone : bye} className="pic" />
    </Shell>
  )
}

function Way({ ending, onAgain }: Pick<EndedProps, 'ending' | 'onAgain'>): ReactNode {
  const t = useWords(endedWords)
  switch (ending) {
    case 'left':
    case 'refused':
    case 'removed':
      return (
        <Button look="primary" size="lg" onClick={onAgain}>
          {t.again}
        </Button>
      )
    case 'elsewhere':
      return (
        <Button look="primary" size="lg" onClick={onAgain}>
          {t.here}
        </Button>
      )
    case 'outdated':
      return (
        <Button look="primary" size="lg" onClick={() => location.reload()}>
          {t.reload}
        </Button>
      )
    case 'room_gone':
      return null
  }
}
