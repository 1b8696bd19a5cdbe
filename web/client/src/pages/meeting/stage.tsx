// The people, and whatever screens are shown, filling the space there is. What has a place here is what the server is
// asked to send, in the size it has here.
import { useEffect, useMemo, useRef, useState, useSyncExternalStore, type ReactNode } from 'react'
import { stageLayout, type Rect } from '../../call/layout'
import type { Session } from '../../call/session'
import type { PersonTile, ScreenTile, Tiles } from '../../call/tiles'
import { shownTiles, type TilePlace } from '../../call/view'
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
  const alone = tiles.people.length === 1 && tiles.screens.every((screen) => screen.own)
  const space = alone ? Math.max(0, height - ALONE_NOTE) : height
  const { screens, people } = usePlaced(session, tiles, width, space)
  useView(session, screens, people, width > 0 && height > 0)
  const picture = (mid: string | null): MediaStream | null => (mid === null ? null : (pictures[mid] ?? null))
  return (
    <div className="stage" ref={box}>
      <ul className="grid" aria-label={t.peopleInRoom}>
        {screens.map(({ tile, rect }) => (
          <Screen key={`screen ${tile.id}`} screen={tile} rect={rect} stream={picture(tile.mid)} />
        ))}
        {people.map(({ tile, rect, pinned }) => (
          <Person
            key={tile.id}
            session={session}
            person={tile}
            rect={rect}
            pinned={pinned}
            stream={picture(tile.mid)}
            ownTrack={tile.own ? camera.track : null}
          />
        ))}
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

interface Placed<T> {
  readonly tile: T
  readonly rect: Rect
  readonly pinned: boolean
}

/** Who stands where. The order in the page never changes with a pin, so that the focus stays where it is. */
function usePlaced(
  session: Session,
  { screens, people }: Tiles,
  width: number,
  height: number,
): { screens: Placed<ScreenTile>[]; people: Placed<PersonTile>[] } {
  const pins = useStore(session.pins)
  return useMemo(() => {
    // One's own screen shown to oneself is a hall of mirrors: a notice says it instead.
    const others = screens.filter((screen) => !screen.own)
    const pinned = people.filter(({ id }) => pins.includes(id))
    const rest = people.filter(({ id }) => !pins.includes(id))
    const { large, small } = stageLayout(others.length, pinned.length, rest.length, width, height)
    const placed = <T,>(tile: T, rect: Rect | undefined, isPinned: boolean): Placed<T>[] =>
      rect ? [{ tile, rect, pinned: isPinned }] : []
    return {
      screens: others.flatMap((tile, index) => placed(tile, large[index], false)),
      people: people.flatMap((tile) => {
        const at = pinned.indexOf(tile)
        return at >= 0
          ? placed(tile, large[others.length + at], true)
          : placed(tile, small[rest.indexOf(tile)], false)
      }),
    }
  }, [screens, people, pins, width, height])
}

/** Tells the server what is on stage; without a stage, nothing is. */
function useView(
  session: Session,
  screens: readonly Placed<ScreenTile>[],
  people: readonly Placed<PersonTile>[],
  /** Before the stage is measured nobody knows. */
  measured: boolean,
): void {
  const ratio = usePixelRatio()
  useEffect(() => {
    if (!measured) return
    const place = (kind: TilePlace['kind'], { tile, rect, pinned }: Placed<{ id: string }>): TilePlace => ({
      participant: tile.id,
      kind,
      width: rect.width,
      height: rect.height,
      pinned,
    })
    // Tiles without a camera are told as well: once it is switched on, its size is known.
    const places = [
      ...screens.map((one) => place('screen', one)),
      ...people.filter(({ tile }) => !tile.own).map((one) => place('camera', one)),
    ]
    session.view.show(shownTiles(places, ratio))
  }, [session, screens, people, ratio, measured])
  useEffect(() => () => session.view.show([]), [session])
}

/** Device pixels for each CSS pixel; changes with the zoom and when the window moves to another screen. */
function usePixelRatio(): number {
  return useSyncExternalStore(
    (changed) => {
      const list = matchMedia(`(resolution: ${devicePixelRatio}dppx)`)
      list.addEventListener('change', changed)
      window.addEventListener('resize', changed)
      return () => {
        list.removeEventListener('change', changed)
        window.removeEventListener('resize', changed)
      }
    },
    () => devicePixelRatio,
  )
}

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
