// One sentence at a time about what is not as it should be, and what to do. Docks under the header and pushes.
import { Check, CircleAlert, Info, MonitorUp, TriangleAlert, Volume2 } from 'lucide-react'
import { useCallback, type ReactNode } from 'react'
import type { Session } from '../../call/session'
import { useWords } from '../../i18n'
import { Button, classNames } from '../../ui'
import { useLasting, useSeen } from '../door/use-lasting'
import { useStore } from '../door/use-store'
import type { Visit } from '../door/visit'
import { helpWords as deviceHelp } from '../join/words'
import { wayWords } from './way-words'
import { noticeWords } from './words'

interface Said {
  look: 'warn' | 'bad' | 'good' | 'info'
  title: string
  more: string
  icon?: typeof Info
  action?: { label: string; run: () => void }
}

const ICONS = { warn: TriangleAlert, bad: CircleAlert, good: Check, info: Info }
const SEEN_AFTER_MS = 7000
/** Shorter faults are mended before anybody could read about them. */
const PATIENCE_MS = 1200

interface NoticesProps {
  visit: Visit
  session: Session
  onDevices: () => void
}

export function Notices({ visit, session, onDevices }: NoticesProps): ReactNode {
  const said = useSaid(visit, session, onDevices)
  const Icon = said ? (said.icon ?? ICONS[said.look]) : null
  return (
    <div role="status" className="nets">
      {said && Icon ? (
        <div className={classNames('net', said.look)}>
          <Icon className="i" aria-hidden />
          <span>
            <b>{said.title}</b> {said.more}
          </span>
          {said.action ? (
            <Button look="quiet" size="sm" onClick={said.action.run}>
              {said.action.label}
            </Button>
          ) : null}
        </div>
      ) : null}
    </div>
  )
}

/** The most pressing first. */
function useSaid(visit: Visit, session: Session, onDevices: () => void): Said | null {
  const t = useWords(noticeWords)
  const help = useWords(deviceHelp)
  const ways = useWords(wayWords)
  const { link, returned, refusal } = useStore(session.meeting)
  const { path, weak, way } = useStore(session.path)
  const { microphone, camera, screen } = useStore(visit.local.state)
  const { blocked } = useStore(visit.playout.state)
  const isLost = useLasting(link.kind === 'lost', PATIENCE_MS)
  const isSlowOld = useLasting(way === 'tcp', SEEN_AFTER_MS)
  const isMending = useLasting(path === 'mending' || path === 'connecting', PATIENCE_MS * 2)
  useSeen(
    returned,
    SEEN_AFTER_MS,
    useCallback(() => session.returnSeen(), [session]),
  )
  useSeen(
    refusal,
    SEEN_AFTER_MS,
    useCallback(() => session.refusalSeen(), [session]),
  )

  if (link.kind === 'restarting') return { look: 'warn', title: t.restarting, more: t.restartingMore }
  if (isLost) return { look: 'warn', title: t.lost, more: t.lostMore }
  if (path === 'blocked')
    return { look: 'bad', title: t.blocked, more: t.blockedMore(location.port || '443') }
  if (blocked) {
    const run = (): void => visit.playout.unblock()
    return {
      look: 'warn',
      icon: Volume2,
      title: t.sound,
      more: t.soundMore,
      action: { label: t.soundOn, run },
    }
  }
  if (isMending) return { look: 'warn', title: t.mending, more: t.mendingMore }
  if (refusal?.code === 'server_full') return { look: 'warn', title: t.full, more: t.fullMore }
  if (refusal) return { look: 'bad', title: t.refused, more: refusalText(t.refusals, refusal.code) }
  const choose = { label: t.chooseDevice, run: onDevices }
  if (microphone.unplugged) {
    return { look: 'bad', title: t.microphoneGone, more: t.microphoneGoneMore, action: choose }
  }
  if (camera.unplugged) return { look: 'bad', title: t.cameraGone, more: t.cameraGoneMore, action: choose }
  if (microphone.trouble) {
    return { look: 'bad', title: t.microphoneTrouble, more: help.microphoneOnly[microphone.trouble] }
  }
  if (camera.trouble) return { look: 'bad', title: t.cameraTrouble, more: help.cameraOnly[camera.trouble] }
  if (screen.trouble) return { look: 'bad', title: t.screenFailed, more: t.screenFailedMore }
  if (weak) return { look: 'warn', title: t.weak, more: t.weakMore }
  if (screen.track) {
    const run = (): void => visit.local.stopSharing()
    const action = { label: t.stopSharing, run }
    return { look: 'info', icon: MonitorUp, title: t.sharing, more: t.sharingMore, action }
  }
  if (way === 'tcp' && !isSlowOld) return { look: 'info', title: ways.slower, more: ways.slowerMore }
  if (returned) {
    const seconds = Math.round(returned.awayMs / 1000)
    const more = seconds <= 1 ? t.returnedOne : t.returnedMore(String(seconds))
    return { look: 'good', title: t.returned, more }
  }
  return null
}

function refusalText(
  texts: { readonly [code: string]: string } & { readonly other: string },
  code: string,
): string {
  return Object.hasOwn(texts, code) ? (texts[code] ?? texts.other) : texts.other
}
