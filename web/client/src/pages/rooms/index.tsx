// An account's rooms: who is in which, their links, and one more.
import { Plus } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { Link, useLocation } from 'wouter'
import { faultWords, getLoad, getRooms, getSession, useAsk, type Room } from '../../api'
import { useLoginWhenNeeded } from '../../api/account'
import empty from '../../art/empty.svg?raw'
import { useWords } from '../../i18n'
import { Art, Button, Notice, Pins, Rolling, Shell } from '../../ui'
import { shortVerdict, verdictWords } from '../load/verdict'
import { AccountMenu } from './account-menu'
import { FirstRoom, NewRoomDialog } from './new-room'
import { RoomCard } from './room-card'
import './rooms.css'
import { roomWords } from './words'

const LIVE_EVERY_MS = 5_000

export default function RoomsPage(): ReactNode {
  const t = useWords(roomWords)
  const session = useAsk(getSession)
  const rooms = useAsk(getRooms, LIVE_EVERY_MS)
  useLoginWhenNeeded(rooms.fault)
  const login = session.answer?.account?.login
  return (
    <Shell title={t.title} className="inside rooms" after={login ? <AccountMenu login={login} /> : null}>
      {rooms.answer ? (
        <RoomList rooms={rooms.answer} onMade={rooms.again} />
      ) : rooms.fault && rooms.fault.status !== 401 ? (
        <div className="stack">
          <Notice look="bad" role="alert">
            {faultWords(rooms.fault)}
          </Notice>
          <Button onClick={rooms.again}>{t.again}</Button>
        </div>
      ) : (
        <Rolling>{t.waiting}</Rolling>
      )}
    </Shell>
  )
}

function RoomList({ rooms, onMade }: { rooms: readonly Room[]; onMade: () => void }): ReactNode {
  const t = useWords(roomWords)
  const [making, setMaking] = useState(false)
  const [, goTo] = useLocation()
  const close = (): void => setMaking(false)
  const made = (): void => {
    close()
    onMade()
  }
  if (rooms.length === 0) return <FirstRoom onMade={(room) => goTo(`/rooms/${room.id}`)} />
  return (
    <>
      <div className="ttl">
        <h1 className="sign">{t.title}</h1>
        <Button look="primary" onClick={() => setMaking(true)}>
          <Plus className="i" aria-hidden />
          <span className="hide-s">{t.new}</span>
          <span className="only-s">{t.newShort}</span>
        </Button>
      </div>
      <ul className="cards">
        {rooms.map((room) => (
          <RoomCard key={room.id} room={room} />
        ))}
        <li className="another">
          <button className="new" type="button" onClick={() => setMaking(true)}>
            <Art of={empty} />
            <b>{t.another}</b>
            <span className="small muted">{t.anotherHint}</span>
          </button>
        </li>
      </ul>
      <LoadBox />
      {making ? <NewRoomDialog count={rooms.length} onClose={close} onMade={made} /> : null}
    </>
  )
}

function LoadBox(): ReactNode {
  const t = useWords(verdictWords)
  const room = useWords(roomWords)
  const { answer } = useAsk(getLoad)
  if (!answer) return null
  return (
    <div className="load-box">
      <Pins standing={answer.standing_pins} label={t.standing(answer.standing_pins)} />
      <p>
        <b>{shortVerdict(t, answer.verdict)}.</b> <span className="soft">{t.lead[answer.verdict]}</span>
      </p>
      <Link href="/load">{room.load}</Link>
    </div>
  )
}
