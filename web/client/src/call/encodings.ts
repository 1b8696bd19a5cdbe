// How much a picture may cost. One layer in this version (VP8): pure figures, set on the sender before the answer.
// 1.5 Mbit/s at 960×540 and 2.5 Mbit/s for a screen are where VP8 stops getting visibly better.

export interface Encoding {
  readonly maxBitrate: number
  readonly scaleResolutionDownBy: number
  readonly maxFramerate: number
}

/** What is asked of a camera. */
export const CAMERA_WANTED = {
  width: { ideal: 960 },
  height: { ideal: 540 },
  frameRate: { ideal: 24, max: 30 },
} as const

const WIDEST = 960

/** For a camera of this width; `weak` halves the picture so that the sound comes through. */
export function cameraEncoding(width: number | undefined, weak: boolean): Encoding {
  const sent = Math.min(width ?? 640, WIDEST)
  const scale = width === undefined ? 1 : Math.max(1, width / WIDEST)
  const maxBitrate = sent <= 400 ? 400_000 : sent <= 640 ? 900_000 : 1_500_000
  return weak
    ? { maxBitrate: Math.min(300_000, maxBitrate), scaleResolutionDownBy: scale * 2, maxFramerate: 15 }
    : { maxBitrate, scaleResolutionDownBy: scale, maxFramerate: 30 }
}

/** For a screen: letters must stay sharp, so it is never scaled. */
export function screenEncoding(weak: boolean): Encoding {
  return { maxBitrate: weak ? 800_000 : 2_500_000, scaleResolutionDownBy: 1, maxFramerate: weak ? 5 : 15 }
}
