import { Mic, Video as Camera, Volume2 } from 'lucide-react'
import type { ReactNode } from 'react'
import type { DeviceKind } from '../../call/devices'
import { useWords } from '../../i18n'
import { Select } from '../../ui'
import { useStore } from '../door/use-store'
import type { Visit } from '../door/visit'
import { deviceWords } from './words'

const ICONS = { microphone: Mic, speaker: Volume2, camera: Camera }
const canPoint = typeof HTMLMediaElement !== 'undefined' && 'setSinkId' in HTMLMediaElement.prototype

interface DeviceSelectsProps {
  visit: Visit
  /** Labels shown above the boxes, not only for screen readers. */
  labelled?: boolean
  kinds?: readonly DeviceKind[]
}

/** Which microphone, loudspeaker and camera. A loudspeaker can be chosen where the browser lets pages do that. */
export function DeviceSelects({ visit, labelled, kinds = ALL }: DeviceSelectsProps): ReactNode {
  const t = useWords(deviceWords)
  const { devices, chosen } = useStore(visit.local.state)
  return (
    <>
      {kinds
        .filter((kind) => kind !== 'speaker' || (canPoint && devices.speaker.length > 0))
        .map((kind) => {
          const Icon = ICONS[kind]
          const options = devices[kind].map((device, index) => ({
            value: device.id,
            label: device.label || t.numbered(t[kind], index + 1),
          }))
          const known = options.some((option) => option.value === chosen[kind])
          return (
            <Select
              key={kind}
              label={labelled ? t[kind] : <span className="sr">{t[kind]}</span>}
              lead={<Icon className="i" aria-hidden />}
              value={known ? (chosen[kind] ?? '') : ''}
              options={known ? options : [{ value: '', label: t.standard }, ...options]}
              disabled={options.length === 0}
              onChange={(event) => void visit.local.choose(kind, event.target.value)}
            />
          )
        })}
    </>
  )
}

const ALL = ['microphone', 'speaker', 'camera'] as const
