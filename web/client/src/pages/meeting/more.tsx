// Everything that is needed seldom: devices, sounds, the board's rules for hosts, the link.
import { Keyboard, MonitorUp } from 'lucide-react'
import type { ReactNode } from 'react'
import type { Session } from '../../call/session'
import { useWords } from '../../i18n'
import type { Keeping } from '../../signalling/protocol'
import { Button, CopyButton, Dialog, Preferences, Switch } from '../../ui'
import { DrawingChoice, KeepingChoice, useKeepingSentence } from '../board-rules'
import { useStore } from '../door/use-store'
import type { Visit } from '../door/visit'
import { DeviceSelects } from '../join/devices'
import { EchoButton, LevelMeter, useLevel } from '../join/sound-check'
import { canShare } from './controls'
import { WayLine } from './way'
import { moreWords } from './words'

interface MoreProps {
  visit: Visit
  session: Session
  narrow: boolean
  open: boolean
  onOpenChange: (open: boolean) => void
  onKeys: () => void
  /** The list of people, where there is no drawer. */
  people?: ReactNode
}

export function More(props: MoreProps): ReactNode {
  const { visit, session, narrow, open, onOpenChange, onKeys, people } = props
  const t = useWords(moreWords)
  const soundsOn = useStore(visit.soundsOn)
  const close = (): void => onOpenChange(false)
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title={t.title}
      actions={
        <Button look="primary" onClick={close}>
          {t.done}
        </Button>
      }
    >
      <div className="more-parts">
        {people ? (
          <section>
            <h3>{t.people}</h3>
            {people}
          </section>
        ) : null}
        <Devices visit={visit} />
        <WayLine session={session} />
        <BoardRules session={session} />
        <section>
          <h3>{t.sounds}</h3>
          <Switch
            label={t.soundsLabel}
            hint={t.soundsHint}
            checked={soundsOn}
            onChange={(on) => visit.setSounds(on)}
          />
        </section>
        <section>
          <h3>{t.link}</h3>
          <div className="row wrap">
            <CopyButton text={location.origin + location.pathname} label={t.copyLink} look="tonal" />
            {narrow && canShare ? (
              <Button
                onClick={() => {
                  close()
                  void visit.local.share()
                }}
              >
                <MonitorUp className="i" aria-hidden />
                {t.screen}
              </Button>
            ) : null}
            {narrow ? null : (
              <Button look="quiet" onClick={onKeys}>
                <Keyboard className="i" aria-hidden />
                {t.keys}
              </Button>
            )}
          </div>
        </section>
        <section className="row">
          <h3 className="grow">{t.look}</h3>
          <Preferences />
        </section>
      </div>
    </Dialog>
  )
}

function Devices({ visit }: { visit: Visit }): ReactNode {
  const t = useWords(moreWords)
  const { level } = useLevel(visit)
  const { music } = useStore(visit.local.state)
  return (
    <section className="stack">
      <h3>{t.devices}</h3>
      <DeviceSelects visit={visit} labelled />
      <div className="row">
        <span className="grow">
          <LevelMeter level={level} />
        </span>
        <EchoButton visit={visit} />
      </div>
      <Switch
        label={t.music}
        hint={t.musicHint}
        checked={music}
        onChange={(on) => void visit.local.setMusic(on)}
      />
    </section>
  )
}

/** The same as in the board's menu, for when the board is not shown; and what is kept. */
function BoardRules({ session }: { session: Session }): ReactNode {
  const t = useWords(moreWords)
  const { settings, role } = useStore(session.meeting)
  if (!settings) return null
  return (
    <section className="stack">
      <h3>{t.board}</h3>
      {role === 'host' ? (
        <>
          <DrawingChoice value={settings.drawing} onChange={(drawing) => session.configure({ drawing })} />
          <KeepingChoice value={settings.keeping} onChange={(keeping) => session.configure({ keeping })} />
        </>
      ) : (
        <KeepingLine keeping={settings.keeping} />
      )}
    </section>
  )
}

function KeepingLine({ keeping }: { keeping: Keeping }): ReactNode {
  return <p className="soft">{useKeepingSentence(keeping)}</p>
}
