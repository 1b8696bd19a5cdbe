// The room: people and board side by side, the door at the side, the controls below. It only arranges.
import { PencilLine, Users } from 'lucide-react'
import { useEffect, useMemo, useRef, useState, type ReactNode } from 'react'
import { isOn } from '../../call/local-media'
import type { Session } from '../../call/session'
import { tiles as tilesOf, type PersonTile, type Tiles } from '../../call/tiles'
import { useWords } from '../../i18n'
import { classNames, Segments } from '../../ui'
import { useStore } from '../door/use-store'
import type { Visit } from '../door/visit'
import { BoardPane } from './board-pane'
import { Controls } from './controls'
import { Drawer, PeopleList, RemoveDialog } from './drawer'
import { Header } from './header'
import { KeysHelp, useKeys } from './keys'
import { Knocks } from './knocks'
import './meeting.css'
import { More } from './more'
import { Notices } from './notices'
import { Stage } from './stage'
import { shown, toggleBoard, useNarrow, viewForScreens, type View } from './view'
import { meetingWords } from './words'

interface MeetingProps {
  visit: Visit
  session: Session
}

export function MeetingPage({ visit, session }: MeetingProps): ReactNode {
  const t = useWords(meetingWords)
  const meeting = useStore(session.meeting)
  const narrow = useNarrow()
  const tiles = useTiles(visit, session)
  const [view, setView] = useView(tiles.screens.filter((screen) => !screen.own).length)
  const [drawer, setDrawer] = useState(() => matchMedia('(min-width: 75em)').matches)
  const [dialog, setDialog] = useState<'more' | 'keys' | null>(null)
  const [going, setGoing] = useState<PersonTile | null>(null)
  const page = useRef<HTMLDivElement>(null)
  const show = shown(view, narrow)
  const showDrawer = drawer && !narrow

  useKeys(visit.local, (action) => {
    const { local } = visit
    const { microphone, camera, screen } = local.state.get()
    switch (action) {
      case 'microphone':
        return void local.set('microphone', !isOn(microphone))
      case 'camera':
        return void local.set('camera', !isOn(camera))
      case 'screen':
        return screen.track ? local.stopSharing() : void local.share()
      case 'board':
        return setView(toggleBoard(view, narrow))
      case 'knock':
        return page.current?.querySelector<HTMLElement>('.knocks:not([hidden]) button')?.focus()
      case 'help':
        return setDialog('keys')
    }
  })

  if (!meeting.room) return null
  return (
    <div className="meeting" ref={page}>
      <Header
        room={meeting.room}
        insideSince={meeting.insideSince}
        knocks={meeting.knocks.length}
        view={view}
        onView={setView}
      />
      <Notices visit={visit} session={session} onDevices={() => setDialog('more')} />
      {narrow ? (
        <nav aria-label={t.split}>
          <Segments
            className="tabs"
            label={t.split}
            value={show.board ? 'board' : 'people'}
            onChange={setView}
            options={[
              { value: 'people', label: t.people, icon: <Users className="i" aria-hidden /> },
              { value: 'board', label: t.board, icon: <PencilLine className="i" aria-hidden /> },
            ]}
          />
        </nav>
      ) : null}
      <main className={classNames('work', `view-${view}`, showDrawer && 'with-drawer')}>
        {show.people ? <Stage visit={visit} session={session} tiles={tiles} /> : null}
        <BoardPane visit={visit} session={session} visible={show.board} />
        {showDrawer ? (
          <Drawer
            session={session}
            people={tiles.people}
            onRemove={setGoing}
            onClose={() => setDrawer(false)}
          />
        ) : null}
      </main>
      {showDrawer ? null : <Knocks session={session} className="knocks flow" />}
      <Controls
        visit={visit}
        session={session}
        board={show.board}
        drawer={showDrawer}
        onBoard={() => setView(toggleBoard(view, narrow))}
        onDrawer={() => setDrawer(!drawer)}
        onMore={() => setDialog('more')}
      />
      <More
        visit={visit}
        session={session}
        narrow={narrow}
        open={dialog === 'more'}
        onOpenChange={(open) => setDialog(open ? 'more' : null)}
        onKeys={() => setDialog('keys')}
        people={
          narrow ? (
            <PeopleList
              session={session}
              people={tiles.people}
              onRemove={(person) => {
                setDialog(null)
                setGoing(person)
              }}
            />
          ) : null
        }
      />
      <RemoveDialog session={session} person={going} onClose={() => setGoing(null)} />
      <KeysHelp open={dialog === 'keys'} onOpenChange={(open) => setDialog(open ? 'keys' : null)} />
    </div>
  )
}

function useTiles(visit: Visit, session: Session): Tiles {
  const meeting = useStore(session.meeting)
  const { microphone, camera, screen } = useStore(visit.local.state)
  const own = { microphone: isOn(microphone), camera: isOn(camera), screen: screen.track !== null }
  const { participants, slots, quality, speaking, you } = meeting
  return useMemo(
    () => tilesOf({ participants, slots, quality, speaking, you }, own),
    // oxlint-disable-next-line react/exhaustive-deps -- `own` is three booleans
    [participants, slots, quality, speaking, you, own.microphone, own.camera, own.screen],
  )
}

/** The view that somebody chose, and the one a shared screen asks for. */
function useView(screens: number): [View, (view: View) => void] {
  const [view, setView] = useState<View>('both')
  const chosen = useRef<View>('both')
  const before = useRef(0)
  useEffect(() => {
    const was = before.current
    before.current = screens
    // oxlint-disable-next-line react/set-state-in-effect -- what others show changes the view, and so may the person
    setView((now) => viewForScreens(now, chosen.current, screens, was))
  }, [screens])
  const choose = (next: View): void => {
    chosen.current = next
    setView(next)
  }
  return [view, choose]
}
