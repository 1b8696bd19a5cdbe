// What is sent and what is shown in a whole stay: layers of one's own pictures, and the view of the others'.
import { beforeEach, describe, expect, test } from 'vitest'
import { DeviceMemory } from './devices'
import { LocalMedia } from './local-media'
import { madeUpDevices, MadeUpStage, MLINES, settle, welcome } from './made-up'

const full = { type: 'error', code: 'server_full', message: 'full' } as const
let stage: MadeUpStage

beforeEach(() => {
  stage = new MadeUpStage()
})

async function send(camera = true): Promise<void> {
  await stage.local.open({ microphone: true, camera })
  stage.session.start()
  await stage.arrive()
}

describe('layers', () => {
  test('are all sent before the server says what is watched, sized before the answer', async () => {
    await send()
    const encodings = stage.peer().encodings('cam')
    expect(encodings.map(({ scaleResolutionDownBy }) => scaleResolutionDownBy)).toEqual([4, 2, 1])
    expect(stage.peer().active('cam')).toEqual(['l', 'm', 'h'])
    expect(encodings[0]).toMatchObject({ scalabilityMode: 'L1T3', priority: 'low' })
    expect(stage.peer().encodings('mic')[0]).toMatchObject({ priority: 'high', networkPriority: 'high' })
    expect(stage.peer().sizedBeforeAnswer).toBe(true)
  })

  test('stop and start as the server says, the screen too', async () => {
    await send()
    await stage.local.share()
    stage.wire().say({ type: 'layers', camera: ['l'], screen: false })
    await settle()
    expect(stage.peer().active('cam')).toEqual(['l'])
    expect(stage.peer().active('scr')).toEqual([])
    stage.wire().say({ type: 'layers', camera: ['l', 'h'], screen: true })
    await settle()
    expect(stage.peer().active('cam')).toEqual(['l', 'h'])
    expect(stage.peer().active('scr')).toEqual([undefined])
  })

  test('stay stopped through another camera, another answer and a camera switched off and on', async () => {
    await send()
    stage.wire().say({ type: 'layers', camera: ['m'], screen: true })
    await stage.local.choose('camera', 'other')
    await settle()
    expect(stage.peer().active('cam')).toEqual(['m'])
    stage.wire().say({ type: 'offer', version: 2, sdp: `offer-2 ${MLINES} v1` })
    await settle()
    expect(stage.peer().active('cam')).toEqual(['m'])
    await stage.local.set('camera', false)
    await stage.local.set('camera', true)
    await settle()
    expect(stage.peer().active('cam')).toEqual(['m'])
  })

  test('are all sent again on a new connection', async () => {
    await send()
    stage.wire().say({ type: 'layers', camera: [], screen: false })
    stage.wire().onclose?.({ code: 1006 })
    stage.clock.pass(0)
    await stage.arrive()
    expect(stage.peers).toHaveLength(2)
    expect(stage.peer().active('cam')).toEqual(['l', 'm', 'h'])
  })

  test('are sent as well by a browser that knows no temporal layers', async () => {
    stage.refuses = 'scalabilityMode'
    await send()
    stage.wire().say({ type: 'layers', camera: ['m'], screen: true })
    await settle()
    expect(stage.peer().active('cam')).toEqual(['m'])
    expect(stage.peer().encodings('cam')[1]).toMatchObject({ maxBitrate: 500_000 })
  })
})

describe('a full server', () => {
  test('puts the camera out and says so', async () => {
    await send()
    stage.wire().say(welcome)
    stage.wire().say(full)
    await settle()
    expect(stage.local.state.get().camera).toMatchObject({ wanted: false, track: null })
    expect(stage.session.meeting.get().refusal?.code).toBe('server_full')
    expect(stage.wire().sent.at(-1)).toMatchObject({ type: 'set_media', microphone: true, camera: false })
  })

  test('ends a screen that was just shown, and leaves the camera that was there before', async () => {
    await send()
    await stage.local.share()
    stage.wire().say(full)
    await settle()
    expect(stage.local.state.get().screen.track).toBeNull()
    expect(stage.local.state.get().camera.wanted).toBe(true)
  })
})

test('the view is told when inside, and again after coming back', async () => {
  const tile = { participant: 'p2', kind: 'camera' as const, width: 640, height: 360, pinned: false }
  await send()
  stage.session.view.show([tile])
  expect(stage.wire().types).not.toContain('view')
  stage.wire().say(welcome)
  expect(stage.wire().sent.at(-1)).toEqual({ type: 'view', show: [tile] })
  stage.wire().onclose?.({ code: 1006 })
  stage.clock.pass(1000)
  await stage.arrive()
  expect(stage.wire().types).not.toContain('view')
  stage.wire().say(welcome)
  expect(stage.wire().sent.at(-1)).toEqual({ type: 'view', show: [tile] })
  stage.session.leave()
  expect(stage.clock.pending).toBe(0)
})

describe('music', () => {
  const OFFER =
    'v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:mic\r\na=rtpmap:111 opus/48000/2\r\na=fmtp:111 usedtx=1\r\n'

  test('takes the microphone anew without processing, in stereo, and tells the server nothing', async () => {
    const asked: (boolean | MediaTrackConstraints | undefined)[] = []
    stage = new MadeUpStage(madeUpDevices(({ audio }) => void asked.push(audio)))
    await send(false)
    stage.wire().say({ type: 'offer', version: 2, sdp: OFFER })
    await settle()
    const told = stage.wire().sent.length
    await stage.local.setMusic(true)
    await settle()
    expect(asked.at(-1)).toMatchObject({
      echoCancellation: false,
      noiseSuppression: false,
      autoGainControl: false,
    })
    expect(stage.peer().sending('mic')).toMatchObject({ contentHint: 'music', enabled: true })
    expect(stage.peer().encodings('mic')[0]).toMatchObject({ maxBitrate: 128_000 })
    expect(stage.peer().offers.at(-1)).toContain('stereo=1;sprop-stereo=1;maxaveragebitrate=128000')
    expect(stage.wire().sent).toHaveLength(told)
    await stage.local.setMusic(false)
    await settle()
    expect(asked.at(-1)).toMatchObject({ echoCancellation: true })
    expect(stage.peer().offers.at(-1)).toBe(OFFER)
  })

  test('leaves somebody muted who is', async () => {
    await send(false)
    await stage.local.set('microphone', false)
    const { track: before } = stage.local.state.get().microphone
    await stage.local.setMusic(true)
    await settle()
    const { track, wanted } = stage.local.state.get().microphone
    expect(track).not.toBe(before)
    expect([track?.enabled, wanted]).toEqual([false, false])
    expect(stage.peer().sending('mic')).toBe(track)
  })

  test('is remembered like a device', () => {
    const memory = new DeviceMemory({
      getItem: (key) => stage.kept.get(key) ?? null,
      setItem: (key, value) => void stage.kept.set(key, value),
    })
    expect(new LocalMedia(null, memory).state.get().music).toBe(false)
    memory.music = true
    expect(new LocalMedia(null, memory).state.get().music).toBe(true)
  })
})
