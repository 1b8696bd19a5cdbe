// The people, and whatever screens are shown, filling the space there is.
import { useEffect, useMemo, useRef, useState, type ReactNode } from 'react'
import { stageLayout } from '../../call/layout'
import type { Session } from '../../call/session'
import type { Tiles } from '../../call/tiles'
import { useWords } from '../../i18n'
import { CopyButton } from '../../ui'
import { useStore } from '../door/use-store'
import type { Visit } from '../door/visit'
import { Person, Screen } from './tile'
import { meetingWords } from './words'

interface StageProps {
  visit: Visit
  session: Session
  tiles: Tiles
}

export function Stage({ visit, session, tiles }: StageProps): ReactNode {
  const t = useWords(meetingWords)
  const pictures = useStore(session.pictures)
  const { camera } = useStore(visit.local.state)
  const { box, width, height } = useSize()
  // One's own screen shown to oneself is a hall of mirrors: a notice says it instead.
  const screens = useMemo(() => tiles.screens.filter((screen) => !screen.own), [tiles.screens])
  const { people } = tiles
  const alone = people.length === 1 && screens.length === 0
  const space = alone ? Math.max(0, height - ALONE_NOTE) : height
  const places = useMemo(
    () => stageLayout(screens.length, people.length, width, space),
    [screens.length, people.length, width, space],
  )
  const picture = (mid: string | null): MediaStream | null => (mid === null ? null : (pictures[mid] ?? null))
  return (
    <div className="stage" ref={box}>
      <ul className="grid" aria-label={t.peopleInRoom}>
        {screens.map((screen, index) => {
          const rect = places.screens[index]
          return rect ? (
            <Screen key={`screen ${screen.id}`} screen={screen} rect={rect} stream={picture(screen.mid)} />
          ) : null
        })}
        {people.map((person, index) => {
          const rect = places.people[index]
          return rect ? (
            <Person
              key={person.id}
              person={person}
              rect={rect}
              stream={picture(person.mid)}
              ownTrack={person.own ? camera.track : null}
            />
          ) : null
        })}
      </ul>
      {alone ? (
        <div className="alone">
          <p>
            <b>{t.nobodyElse}</b> {t.nobodyElseHint}
          </p>
          <CopyButton text={location.origin + location.pathname} label={t.copyLink} look="tonal" />
        </div>
      ) : null}
    </div>
  )
}

const ALONE_NOTE = 96

function useSize(): { box: React.RefObject<HTMLDivElement | null>; width: number; height: number } {
  const box = useRef<HTMLDivElement>(null)
  const [size, setSize] = useState({ width: 0, height: 0 })
  useEffect(() => {
    const element = box.current
    if (!element) return undefined
    const observer = new ResizeObserver(([entry]) => {
      if (entry) setSize({ width: entry.contentRect.width, height: entry.contentRect.height })
    })
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  return { box, ...size }
}
