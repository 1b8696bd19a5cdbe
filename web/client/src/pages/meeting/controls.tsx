// The controls at the bottom: what one switches, and the way out.
import {
  Ellipsis,
  Mic,
  MicOff,
  MonitorUp,
  MonitorX,
  PanelRight,
  PencilLine,
  PhoneOff,
  Video as CameraOn,
  VideoOff,
} from 'lucide-react'
import { useEffect, useRef, type ReactNode } from 'react'
import { isOn } from '../../call/local-media'
import type { Session } from '../../call/session'
import { useWords } from '../../i18n'
import { CallControl, Count, Key } from '../../ui'
import { useStore } from '../door/use-store'
import type { Visit } from '../door/visit'
import { meetingWords } from './words'

export const canShare =
  typeof navigator !== 'undefined' && 'getDisplayMedia' in (navigator.mediaDevices ?? {})

interface ControlsProps {
  visit: Visit
  session: Session
  board: boolean
  drawer: boolean
  onBoard: () => void
  onDrawer: () => void
  onMore: () => void
}

export function Controls(props: ControlsProps): ReactNode {
  const { visit, session, board, drawer, onBoard, onDrawer, onMore } = props
  const t = useWords(meetingWords)
  const { knocks } = useStore(session.meeting)
  const { microphone } = useStore(visit.local.state)
  const foot = useRef<HTMLElement>(null)
  useEffect(() => {
    const element = foot.current
    element?.addEventListener('click', letGo)
    return () => element?.removeEventListener('click', letGo)
  }, [])
  return (
    <footer className="ctl" aria-label={t.controls} ref={foot}>
      <div className="l">
        {microphone.track && !microphone.wanted ? (
          t.youAreMuted
        ) : (
          <>
            <Key>?</Key> {t.allKeys}
          </>
        )}
      </div>
      <div className="mid">
        <Switches visit={visit} />
        <CallControl
          icon={<Ellipsis className="i" aria-hidden />}
          label={t.more}
          state="available"
          title={t.moreTitle}
          onClick={onMore}
        />
        <CallControl
          icon={<PhoneOff className="i" aria-hidden />}
          label={t.leave}
          state="leave"
          title={t.leaveTitle}
          onClick={() => session.leave()}
        />
      </div>
      <div className="r">
        <CallControl
          icon={<PencilLine className="i" aria-hidden />}
          label={t.board}
          state={board ? 'on' : 'available'}
          pressed={board}
          title={board ? t.boardOff : t.boardOn}
          onClick={onBoard}
        />
        <CallControl
          icon={<PanelRight className="i" aria-hidden />}
          label={t.people}
          state={drawer ? 'on' : 'available'}
          pressed={drawer}
          title={drawer ? t.peopleOff : t.peopleOn}
          onClick={onDrawer}
          count={
            knocks.length > 0 ? (
              <Count value={knocks.length} label={t.knocksWaiting(String(knocks.length))} />
            ) : null
          }
        />
      </div>
    </footer>
  )
}

function Switches({ visit }: { visit: Visit }): ReactNode {
  const t = useWords(meetingWords)
  const { microphone, camera, screen } = useStore(visit.local.state)
  const heard = isOn(microphone)
  const seen = isOn(camera)
  return (
    <>
      <CallControl
        icon={heard ? <Mic className="i" aria-hidden /> : <MicOff className="i" aria-hidden />}
        label={t.microphone}
        state={heard ? 'on' : 'off'}
        pressed={heard}
        title={heard ? t.microphoneOff : t.microphoneOn}
        onClick={() => void visit.local.set('microphone', !heard)}
      />
      <CallControl
        icon={seen ? <CameraOn className="i" aria-hidden /> : <VideoOff className="i" aria-hidden />}
        label={t.camera}
        state={seen ? 'on' : 'off'}
        pressed={seen}
        title={seen ? t.cameraOff : t.cameraOn}
        onClick={() => void visit.local.set('camera', !seen)}
      />
      {canShare ? (
        <span className="wide-only">
          <CallControl
            icon={
              screen.track ? <MonitorX className="i" aria-hidden /> : <MonitorUp className="i" aria-hidden />
            }
            label={t.screen}
            state={screen.track ? 'on' : 'available'}
            pressed={screen.track !== null}
            title={screen.track ? t.screenOff : t.screenOn}
            onClick={() => (screen.track ? visit.local.stopSharing() : void visit.local.share())}
          />
        </span>
      ) : null}
    </>
  )
}

/** After a press with the mouse the Space key should speak again, not press the same control once more. */
function letGo(event: MouseEvent): void {
  if (event.detail > 0 && document.activeElement instanceof HTMLElement) document.activeElement.blur()
}
