// The microphone's meter and the short echo: shared by the join and the waiting page.
import { AudioLines } from 'lucide-react'
import { useEffect, useRef, useState, type ReactNode } from 'react'
import { echo, listen, type EchoPhase } from '../../call/meter'
import { useWords } from '../../i18n'
import { Button, Meter } from '../../ui'
import { useStore } from '../door/use-store'
import type { Visit } from '../door/visit'
import { deviceWords } from './words'

/** 0…9, and whether it was ever loud enough to be understood. */
export function useLevel(visit: Visit): { level: number; heard: boolean } {
  const { track, wanted } = useStore(visit.local.state).microphone
  const [level, setLevel] = useState(0)
  const [heard, setHeard] = useState(false)
  useEffect(() => {
    if (!track || !wanted) return undefined
    const stop = listen(visit.audio(), track, (now) => {
      setLevel(now)
      if (now >= GOOD) setHeard(true)
    })
    return () => {
      stop()
      setHeard(false)
    }
  }, [visit, track, wanted])
  return { level, heard }
}

export function LevelMeter({ level }: { level: number }): ReactNode {
  return <Meter value={level} label={useWords(deviceWords).level} />
}

export function EchoButton({ visit }: { visit: Visit }): ReactNode {
  const t = useWords(deviceWords)
  const { track, wanted } = useStore(visit.local.state).microphone
  const [phase, setPhase] = useState<EchoPhase>('idle')
  const stop = useRef<(() => void) | null>(null)
  useEffect(() => {
    const running = stop
    return () => running.current?.()
  }, [])
  const start = (): void => {
    if (!track) return
    const context = visit.audio()
    context.resume().catch(() => undefined)
    stop.current = echo(context, track, setPhase)
  }
  const label = { idle: t.hearYourself, speaking: t.speakNow, hearing: t.listenNow }[phase]
  return (
    <Button
      look="tonal"
      size="sm"
      title={t.echoHint}
      disabled={!track || !wanted}
      onClick={() => (phase === 'idle' ? start() : stop.current?.())}
    >
      <AudioLines className="i" aria-hidden />
      <span aria-live="polite">{label}</span>
    </Button>
  )
}

/** What the meter means, in a sentence. */
export function useMicrophoneSentence(visit: Visit, heard: boolean): string {
  const t = useWords(deviceWords)
  const { track, wanted, unplugged } = useStore(visit.local.state).microphone
  if (unplugged) return t.unplugged
  if (!track) return t.none
  if (!wanted) return t.muted
  return heard ? t.hearsYou : t.saySomething
}

/** Segments: speech at arm's length reaches this. */
const GOOD = 3
