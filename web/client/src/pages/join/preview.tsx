// How one will be seen and heard: mirrored picture, meter, echo, devices. Only oneself sees it.
import { Mic, MicOff, Video as CameraOn, VideoOff } from 'lucide-react'
import { useCallback, useMemo, useState, type ReactNode } from 'react'
import { useWords } from '../../i18n'
import { Ball, Rolling } from '../../ui'
import { useStore } from '../door/use-store'
import type { Visit } from '../door/visit'
import { DeviceSelects } from './devices'
import { DeviceHelp } from './help'
import { EchoButton, LevelMeter, useLevel, useMicrophoneSentence } from './sound-check'
import { Video } from './video'
import { deviceWords, helpWords, joinWords } from './words'

export function Preview({ visit, name }: { visit: Visit; name: string }): ReactNode {
  const t = useWords(joinWords)
  const help = useWords(helpWords)
  const { microphone, camera } = useStore(visit.local.state)
  const { level, heard } = useLevel(visit)
  const sentence = useMicrophoneSentence(visit, heard)
  const retry = useCallback(() => void visit.local.open({ microphone: true, camera: true }), [visit])
  const trouble = !microphone.track && !camera.track ? (microphone.trouble ?? camera.trouble) : null
  const partly =
    trouble === null
      ? ((camera.trouble && help.cameraOnly[camera.trouble]) ??
        (microphone.trouble && help.microphoneOnly[microphone.trouble]))
      : null
  return (
    <section className="preview" aria-label={t.preview}>
      {trouble ? (
        <div className="view help">
          <DeviceHelp trouble={trouble} onRetry={retry} />
        </div>
      ) : (
        <View visit={visit} name={name} />
      )}
      <div className="mic">
        {microphone.wanted ? <Mic className="i" aria-hidden /> : <MicOff className="i" aria-hidden />}
        <LevelMeter level={level} />
        <EchoButton visit={visit} />
        <Foot sentence={partly ?? sentence} visit={visit} trouble={trouble !== null} />
      </div>
    </section>
  )
}

function Foot({ sentence, visit, trouble }: { sentence: string; visit: Visit; trouble: boolean }): ReactNode {
  const t = useWords(deviceWords)
  const [open, setOpen] = useState(false)
  return (
    <>
      <p>
        <span className="grow" role="status">
          {sentence}
        </span>
        {trouble ? null : (
          <button
            type="button"
            className="plain only-narrow"
            aria-expanded={open}
            aria-controls="devices"
            onClick={() => setOpen(!open)}
          >
            {open ? t.hide : t.choose}
          </button>
        )}
      </p>
      {trouble ? null : (
        <div className={open ? 'devs open' : 'devs'} id="devices">
          <DeviceSelects visit={visit} />
        </div>
      )}
    </>
  )
}

function View({ visit, name }: { visit: Visit; name: string }): ReactNode {
  const t = useWords(joinWords)
  const { microphone, camera } = useStore(visit.local.state)
  const { track } = camera
  const stream = useMemo(() => (track ? new MediaStream([track]) : null), [track])
  const asking = (microphone.asking || camera.asking) && !track && !microphone.track
  return (
    <div className="view">
      {stream ? (
        <Video stream={stream} className="cam mirrored" />
      ) : (
        <div className="nocam">
          {asking ? (
            <div className="asking">
              <Rolling>{t.asking}</Rolling>
            </div>
          ) : (
            <div className="off">
              <Ball ball={7} name={name || '?'} size="big" />
              <p className="small">{t.cameraIsOff}</p>
            </div>
          )}
        </div>
      )}
      {stream ? <span className="tag">{t.onlyYou}</span> : null}
      <div className="balls">
        <button
          type="button"
          className={microphone.wanted ? 'cball' : 'cball off'}
          aria-label={microphone.wanted ? t.microphoneOff : t.microphoneOn}
          title={microphone.wanted ? t.microphoneOff : t.microphoneOn}
          onClick={() => void visit.local.set('microphone', !microphone.wanted)}
        >
          {microphone.wanted ? <Mic className="i" aria-hidden /> : <MicOff className="i" aria-hidden />}
        </button>
        <button
          type="button"
          className={camera.wanted ? 'cball' : 'cball off'}
          aria-label={camera.wanted ? t.cameraOff : t.cameraOn}
          title={camera.wanted ? t.cameraOff : t.cameraOn}
          onClick={() => void visit.local.set('camera', !camera.wanted)}
        >
          {camera.wanted ? <CameraOn className="i" aria-hidden /> : <VideoOff className="i" aria-hidden />}
        </button>
      </div>
    </div>
  )
}
