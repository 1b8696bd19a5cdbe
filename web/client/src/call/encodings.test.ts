import { describe, expect, test } from 'vitest'
import { CAMERA_WANTED, cameraLayers, LAYERS, screenEncoding } from './encodings'

const all = new Set(LAYERS)
const scales = (width: number, height: number): number[] =>
  LAYERS.map((rid) => cameraLayers({ width, height }, all)[rid]).flatMap((layer) =>
    layer.active ? [layer.scaleResolutionDownBy] : [],
  )

describe('a camera', () => {
  test('has three layers from 960×540, two when smaller, one when tiny, and the last is always its full size', () => {
    expect(scales(1280, 720)).toEqual([4, 2, 1])
    expect(scales(960, 540)).toEqual([4, 2, 1])
    expect(scales(854, 480)).toEqual([2, 1])
    expect(scales(640, 360)).toEqual([2, 1])
    expect(scales(320, 180)).toEqual([1])
  })

  test('held upright is as large as lying', () => {
    expect(scales(720, 1280)).toEqual([4, 2, 1])
    expect(scales(360, 640)).toEqual([2, 1])
  })

  test('larger than we ask for is sent as if it were not', () => {
    expect(scales(2560, 1440)).toEqual([8, 4, 2])
  })

  test('without a known size is taken for a small one', () => {
    expect(cameraLayers({}, all).h.active).toBe(false)
    expect(cameraLayers({}, all).m.scaleResolutionDownBy).toBe(1)
  })

  test('costs more in each larger layer, in all about 2.4 Mbit/s as we ask for it', () => {
    const { width, height } = CAMERA_WANTED
    const rates = LAYERS.map(
      (rid) => cameraLayers({ width: width.ideal, height: height.ideal }, all)[rid].maxBitrate,
    )
    expect(rates).toEqual(rates.toSorted((a, b) => a - b))
    expect(rates.reduce((sum, rate) => sum + rate, 0)).toBeLessThanOrEqual(2_400_000)
  })

  test('sends only what is watched, at the sizes it had', () => {
    const layers = cameraLayers({ width: 1280, height: 720 }, new Set(['m'] as const))
    expect(LAYERS.map((rid) => layers[rid].active)).toEqual([false, true, false])
    expect(layers.m.scaleResolutionDownBy).toBe(2)
    // A layer that this camera is too small for is not sent, whoever would watch it.
    expect(cameraLayers({ width: 640, height: 360 }, new Set(['h'] as const)).h.active).toBe(false)
  })
})

test('a screen keeps its letters, and stops when nobody looks', () => {
  expect(screenEncoding(true)).toMatchObject({
    scaleResolutionDownBy: 1,
    active: true,
    maxBitrate: 2_500_000,
  })
  expect(screenEncoding(false).active).toBe(false)
})
