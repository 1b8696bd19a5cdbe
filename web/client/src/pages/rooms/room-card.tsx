import {
  BrushCleaning,
  DoorClosed,
  DoorOpen,
  Pencil,
  Presentation,
  QrCode as QrIcon,
  Settings2,
  X,
} from 'lucide-react'
import { useState, type ReactNode } from 'react'
import type { Room } from '../../api'
import { useWords } from '../../i18n'
import { Badge, Button, CopyButton, LinkButton, QrCode } from '../../ui'
import { washOf } from './look-pickers'
import { roomWords } from './words'

/** The address to pass on: the short name when there is one, else the secret link. */
export function sharedUrl(room: Room): string {
  return room.short_name ? new URL(`/${room.short_name}`, room.url).href : room.url
}

/** One room: who is in, its link, what holds there, and on its back the QR code. */
export function RoomCard({ room }: { room: Room }): ReactNode {
  const [turned, setTurned] = useState(false)
  return (
    <li className="room-card" style={washOf(room.colour)}>
      <CardHead room={room} />
      {turned ? (
        <CardBack room={room} onClose={() => setTurned(false)} />
      ) : (
        <CardFront room={room} onTurn={() => setTurned(true)} />
      )}
    </li>
  )
}

function CardHead({ room }: { room: Room }): ReactNode {
  const t = useWords(roomWords)
  const live = room.present > 0 || room.waiting > 0
  const facts = [
    room.present > 0 ? t.inside(room.present) : t.nobodyInside,
    ...(room.waiting > 0 ? [t.knocking(room.waiting)] : []),
  ]
  return (
    <div className="room-head">
      {room.emoji ? (
        <span className="em" aria-hidden>
          {room.emoji}
        </span>
      ) : null}
      <div>
        <h2>{room.name}</h2>
        <p>
          {live ? <span className="live" /> : null}
          {live ? facts.join(', ') : t.empty}
        </p>
      </div>
    </div>
  )
}

function CardFront({ room, onTurn }: { room: Room; onTurn: () => void }): ReactNode {
  const t = useWords(roomWords)
  const live = room.present > 0 || room.waiting > 0
  const verb = live ? t.goIn : t.open
  const url = sharedUrl(room)
  return (
    <div className="room-body">
      <div className="link">
        <code title={url}>{url.replace(/^https?:\/\//, '')}</code>
        <CopyButton square text={url} label={t.copyLink(room.name)} />
      </div>
      <p className="tags">
        <Badge>
          {room.lobby === 'closed' ? (
            <DoorClosed className="i" aria-hidden />
          ) : (
            <DoorOpen className="i" aria-hidden />
          )}
          {t.lobby[room.lobby]}
        </Badge>
        <Badge>
          {room.keeping.policy !== 'wipe' ? (
            <Presentation className="i" aria-hidden />
          ) : (
            <BrushCleaning className="i" aria-hidden />
          )}
          {room.keeping.policy !== 'wipe' ? t.boardStays : t.boardGoes}
        </Badge>
        {room.drawing === 'hosts' ? (
          <Badge>
            <Pencil className="i" aria-hidden />
            {t.onlyHostsDraw}
          </Badge>
        ) : null}
      </p>
      <div className="act">
        <LinkButton
          look={live ? 'primary' : 'tonal'}
          anew
          href={`/r/${room.link}`}
          aria-label={t.goInTo(verb, room.name)}
        >
          {verb}
        </LinkButton>
        <Button square aria-label={t.showQr(room.name)} title={t.showQr(room.name)} onClick={onTurn}>
          <QrIcon className="i" aria-hidden />
        </Button>
        <LinkButton
          look="outline"
          square
          href={`/rooms/${room.id}`}
          aria-label={t.settings(room.name)}
          title={t.settings(room.name)}
        >
          <Settings2 className="i" aria-hidden />
        </LinkButton>
      </div>
    </div>
  )
}

function CardBack({ room, onClose }: { room: Room; onClose: () => void }): ReactNode {
  const t = useWords(roomWords)
  return (
    <div className="room-back">
      <QrCode text={sharedUrl(room)} label={t.showQr(room.name)} />
      <div>
        <p>{t.scan}</p>
        {/* oxlint-disable-next-line jsx-a11y/no-autofocus -- the card turned over because of a press: focus follows */}
        <Button look="outline" size="sm" autoFocus onClick={onClose}>
          <X className="i" aria-hidden />
          {t.close}
        </Button>
      </div>
    </div>
  )
}
