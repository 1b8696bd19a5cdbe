import { useEffect, useRef, type ReactNode } from 'react'

interface VideoProps {
  stream: MediaStream | null
  className?: string
  onPlaying?: () => void
}

/** A moving picture without sound; sound has elements of its own. */
export function Video({ stream, className, onPlaying }: VideoProps): ReactNode {
  const video = useRef<HTMLVideoElement>(null)
  useEffect(() => {
    const element = video.current
    if (!element || element.srcObject === stream) return
    element.srcObject = stream
    // Refused only when it is hidden at once; the next picture plays.
    element.play().catch(() => undefined)
  }, [stream])
  return (
    <video
      ref={video}
      className={className}
      muted
      playsInline
      autoPlay
      aria-hidden
      tabIndex={-1}
      onPlaying={onPlaying}
    />
  )
}
