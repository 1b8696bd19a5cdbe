// One room's settings. Every change counts at once; there is no button to save.
import {
  Check,
  ChevronLeft,
  DoorOpen,
  Link2,
  Palette,
  Presentation,
  Trash2,
  Undo2,
  Video,
} from 'lucide-react'
import type { ReactNode } from 'react'
import { Link } from 'wouter'
import { faultWords, getSession, useAsk, type Room } from '../../api'
import { useLoginWhenNeeded } from '../../api/account'
import { useWords } from '../../i18n'
import { Button, LinkButton, Notice, Rolling, Shell } from '../../ui'
import { AccountMenu } from '../rooms/account-menu'
import { washOf } from '../rooms/look-pickers'
import { BoardSection, EnterSection, LookSection } from './sections'
import { LinkSection } from './link-section'
import { RemoveSection } from './remove-section'
import { StreamSection } from './stream-section'
import { streamWords } from './stream-words'
import './room-settings.css'
import { useRoomEditor, type RoomEditor } from './use-room-editor'
import { useSectionInView } from './use-section-in-view'
import { settingsWords } from './words'

const SECTIONS = [
  ['look', Palette],
  ['enter', DoorOpen],
  ['link', Link2],
  ['board', Presentation],
  ['stream', Video],
  ['remove', Trash2],
] as const
const SECTION_IDS = SECTIONS.map(([id]) => id)

export default function RoomSettingsPage({ id }: { id: string }): ReactNode {
  const t = useWords(settingsWords)
  const session = useAsk(getSession)
  const editor = useRoomEditor(id)
  const { room, fault } = editor
  useLoginWhenNeeded(fault)
  const login = session.answer?.account?.login
  return (
    <Shell
      title={room ? t.title(room.name) : t.back}
      className="inside settings"
      after={login ? <AccountMenu login={login} /> : null}
    >
      <Link className="crumb" href="/rooms">
        <ChevronLeft className="i" aria-hidden />
        {t.back}
      </Link>
      {room ? <Settings editor={editor} room={room} /> : <NoRoom editor={editor} />}
    </Shell>
  )
}

function NoRoom({ editor }: { editor: RoomEditor }): ReactNode {
  const t = useWords(settingsWords)
  const { fault, again } = editor
  if (!fault || fault.status === 401) return <Rolling>{t.fetching}</Rolling>
  return (
    <div className="stack">
      <Notice look="bad" role="alert">
        {fault.status === 404 ? t.gone : faultWords(fault)}
      </Notice>
      <p className="row">
        {fault.status === 404 ? (
          <LinkButton href="/rooms">{t.back}</LinkButton>
        ) : (
          <Button onClick={again}>{t.again}</Button>
        )}
      </p>
    </div>
  )
}

function Settings({ editor, room }: { editor: RoomEditor; room: Room }): ReactNode {
  const t = useWords(settingsWords)
  const stream = useWords(streamWords)
  const inView = useSectionInView(SECTION_IDS)
  return (
    <>
      <div className="room-title" style={washOf(room.colour)}>
        <span className="em" aria-hidden>
          {room.emoji}
        </span>
        <div>
          <h1>{t.title(room.name)}</h1>
          <p className="soft">{t.atOnce}</p>
        </div>
        <SaveState editor={editor} />
      </div>
      <div className="set">
        <nav className="toc" aria-label={t.sections}>
          {SECTIONS.map(([id, Icon]) => (
            <a key={id} href={`#${id}`} aria-current={id === inView ? 'true' : undefined}>
              <Icon className="i" aria-hidden />
              {id === 'stream' ? stream.title : t[id].title}
            </a>
          ))}
        </nav>
        <div>
          <LookSection editor={editor} room={room} />
          <EnterSection editor={editor} room={room} />
          <LinkSection editor={editor} room={room} />
          <BoardSection editor={editor} room={room} />
          <StreamSection room={room} />
          <RemoveSection room={room} />
        </div>
      </div>
    </>
  )
}

function SaveState({ editor }: { editor: RoomEditor }): ReactNode {
  const t = useWords(settingsWords)
  return (
    <div className="save-state">
      <div role="status">
        {editor.state === 'saving' ? <p className="saved saving">{t.saving}</p> : null}
        {editor.state === 'saved' ? (
          <p className="saved">
            <Check className="i" aria-hidden />
            {t.saved}
          </p>
        ) : null}
      </div>
      {editor.undo ? (
        <Button look="quiet" size="sm" onClick={editor.undo}>
          <Undo2 className="i" aria-hidden />
          {t.undo}
        </Button>
      ) : null}
      <div role="alert">
        {editor.refused ? (
          <p className="saved refused">
            <b>{t.notSaved}</b> {editor.refused.sentence}
          </p>
        ) : null}
      </div>
    </div>
  )
}
