// How much a picture may cost, and which layers of it are sent. Pure figures, set on the sender before the answer.
// Bit rates are where VP8 stops getting visibly better at that size; 2.5 Mbit/s for a screen.
import type { LayerName } from '../signalling/protocol'
import { MUSIC_BITRATE } from './opus'

export interface Encoding {
  readonly maxBitrate: number
  readonly scaleResolutionDownBy: number
  readonly maxFramerate: number
  /** A layer that nobody watches is not encoded at all. */
  readonly active: boolean
  /** Two or three temporal layers: the server can halve the rate of pictures without a key frame. */
  readonly scalabilityMode: 'L1T2' | 'L1T3'
  /** Sound goes first when the line up is narrow (see `microphoneEncoding`). */
  readonly priority: RTCPriorityType
}

/** By `rid`, as the server's offer lists them: the smallest first. */
export const LAYERS = ['l', 'm', 'h'] as const satisfies readonly LayerName[]
export type Layers = Readonly<Record<LayerName, Encoding>>

/**
 * What is asked of a camera. 1280×720 gives layers of 320×180, 640×360 and 1280×720: a tile in a crowd, a tile among
 * four, a face alone. The dearest one is encoded only while somebody shows it that large, so it costs nothing mostly.
 */
export const CAMERA_WANTED = {
  width: { ideal: 1280 },
  height: { ideal: 720 },
  frameRate: { ideal: 24, max: 30 },
} as const

/** Larger pictures are sent as if they were 1280×720. */
const MOST = 1280 * 720
/** Browsers stop making all three layers below this, and leave out the largest, so we choose ourselves (MEDIA.md). */
const THREE_LAYERS = 960 * 540
const TWO_LAYERS = 480 * 270

/** The microphone goes before all pictures, also where the browser marks packets. 32 kbit/s is clear speech in Opus. */
export function microphoneEncoding(music: boolean): RTCRtpEncodingParameters {
  return { priority: 'high', networkPriority: 'high', maxBitrate: music ? MUSIC_BITRATE : 32_000 }
}

/** For a camera of this size; `watched` are the layers that anybody watches. */
export function cameraLayers(
  { width = 640, height = 360 }: Pick<MediaTrackSettings, 'width' | 'height'>,
  watched: ReadonlySet<LayerName>,
): Layers {
  const pixels = width * height
  const count = pixels >= THREE_LAYERS ? 3 : pixels >= TWO_LAYERS ? 2 : 1
  const full = Math.max(1, Math.sqrt(pixels / MOST))
  const layer = (rid: LayerName, index: number): Encoding => {
    const scale = full * 2 ** Math.max(0, count - 1 - index)
    return {
      maxBitrate: worth(pixels / scale ** 2),
      scaleResolutionDownBy: scale,
      maxFramerate: 30,
      active: index < count && watched.has(rid),
      scalabilityMode: 'L1T3',
      priority: 'low',
    }
  }
  return { l: layer('l', 0), m: layer('m', 1), h: layer('h', 2) }
}

/** For a screen: letters must stay sharp, so it is never scaled. */
export function screenEncoding(watched: boolean): Encoding {
  return {
    maxBitrate: 2_500_000,
    scaleResolutionDownBy: 1,
    maxFramerate: 15,
    active: watched,
    scalabilityMode: 'L1T2',
    priority: 'medium',
  }
}

function worth(pixels: number): number {
  if (pixels <= 320 * 180) return 150_000
  if (pixels <= 480 * 270) return 300_000
  if (pixels <= 640 * 480) return 500_000
  return pixels <= 960 * 540 ? 1_200_000 : 1_700_000
}
