// The board: Excalidraw on the room's document. Fetched when it is first looked at.
import { useEffect, useRef, useState, type ReactNode } from 'react'
import type { Timing } from '../../../board/binding'
import { BoardConnection, type Ticket } from '../../../board/connection'
import { Desk } from '../../../board/desk'
import { ServerUploads, type Uploads } from '../../../board/uploads'
import { browserClock, socketUrl } from '../../../call/browser'
import type { Session } from '../../../call/session'
import type { Visit } from '../../door/visit'
import './board.css'
import './frame.css'
import './pages.css'
import { Canvas } from './canvas'

interface BoardProps {
  visit: Visit
  session: Session
  ticket: Ticket
  mayDraw: boolean
  visible: boolean
}

interface Open {
  readonly connection: BoardConnection
  readonly desk: Desk
  readonly uploads: Uploads
}

export default function Board({ visit, session, ticket, mayDraw, visible }: BoardProps): ReactNode {
  const open = useBoard(visit, ticket, mayDraw)
  return open ? <Canvas {...open} session={session} mayDraw={mayDraw} visible={visible} /> : null
}

const timing: Timing = {
  after: (ms, then) => browserClock.after(ms, then),
  frame: (then) => {
    const frame = requestAnimationFrame(then)
    return () => cancelAnimationFrame(frame)
  },
}

function useBoard(visit: Visit, { id, ticket }: Ticket, mayDraw: boolean): Open | null {
  const [open, setOpen] = useState<Open | null>(null)
  const latest = useRef({ id, ticket })
  useEffect(() => {
    const connection = new BoardConnection(socketUrl('/api/board'), latest.current)
    const desk = new Desk(connection, timing)
    const forget = visit.hear((message) => {
      // What the server did not take must not stay here either.
      if (message.type === 'error' && message.code === 'drawing_not_allowed') connection.refuse()
    })
    // oxlint-disable-next-line react/set-state-in-effect -- a socket lives as long as this effect
    setOpen({ connection, desk, uploads: new ServerUploads(() => connection.current) })
    return () => {
      forget()
      desk.close()
      connection.close()
    }
  }, [visit])
  useEffect(() => open?.connection.renew({ id, ticket }), [open, id, ticket])
  const could = useRef(mayDraw)
  useEffect(() => {
    open?.desk.allow(mayDraw)
    if (mayDraw && !could.current) open?.connection.resync()
    could.current = mayDraw
  }, [open, mayDraw])
  return open
}
