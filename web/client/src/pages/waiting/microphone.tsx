import { Check, MicOff, SlidersHorizontal } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { isOn } from '../../call/local-media'
import { useWords } from '../../i18n'
import { Badge, Button } from '../../ui'
import { useStore } from '../door/use-store'
import type { Visit } from '../door/visit'
import { DeviceSelects } from '../join/devices'
import { EchoButton, LevelMeter, useLevel, useMicrophoneSentence } from '../join/sound-check'
import { waitingWords } from './words'

/** Time enough to test one's microphone. */
export function MicrophoneCard({ visit }: { visit: Visit }): ReactNode {
  const t = useWords(waitingWords)
  const { microphone } = useStore(visit.local.state)
  const { level, heard } = useLevel(visit)
  const sentence = useMicrophoneSentence(visit, heard)
  const [open, setOpen] = useState(false)
  return (
    <section className="panel test" aria-labelledby="microphone">
      <div className="row">
        <h2 id="microphone">{t.microphone}</h2>
        {isOn(microphone) && heard ? (
          <Badge look="ok">
            <Check className="i" aria-hidden />
            {t.hearsYou}
          </Badge>
        ) : isOn(microphone) ? null : (
          <Badge>
            <MicOff className="i" aria-hidden />
            {t.off}
          </Badge>
        )}
      </div>
      <LevelMeter level={level} />
      <p className="small soft" role="status">
        {sentence}
      </p>
      <div className="row">
        <EchoButton visit={visit} />
        <Button look="quiet" size="sm" aria-expanded={open} onClick={() => setOpen(!open)}>
          <SlidersHorizontal className="i" aria-hidden />
          {t.devices}
        </Button>
      </div>
      {open ? (
        <div className="stack">
          <DeviceSelects visit={visit} labelled />
        </div>
      ) : null}
    </section>
  )
}
