import { expect, test } from 'vitest'
import { withMusic, withStereoSlots } from './opus'

const audio = (mid: string, fmtp: string | null): string =>
  [
    'm=audio 9 UDP/TLS/RTP/SAVPF 111',
    `a=mid:${mid}`,
    'a=rtpmap:111 opus/48000/2',
    ...(fmtp === null ? [] : [`a=fmtp:111 ${fmtp}`]),
    'a=rtcp-mux',
    '',
  ].join('\r\n')
const video = 'm=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:cam\r\na=rtpmap:96 VP8/90000\r\na=fmtp:96 x=1\r\n'
const head = 'v=0\r\ns=-\r\n'

test('music asks for stereo, much and always, on the microphone alone', () => {
  const offer =
    head + audio('mic', 'minptime=10;useinbandfec=1;usedtx=1') + video + audio('a0', 'useinbandfec=1')
  expect(withMusic(offer)).toBe(
    head +
      audio('mic', 'minptime=10;useinbandfec=1;stereo=1;sprop-stereo=1;maxaveragebitrate=128000') +
      video +
      audio('a0', 'useinbandfec=1'),
  )
})

test('slots take stereo, also where nothing was said of the codec; the microphone stays as it is', () => {
  const answer =
    head + audio('mic', 'useinbandfec=1') + audio('a0', 'minptime=10; stereo=0') + audio('music', null)
  expect(withStereoSlots(answer)).toBe(
    head + audio('mic', 'useinbandfec=1') + audio('a0', 'minptime=10;stereo=1') + audio('music', 'stereo=1'),
  )
})

test('a description without sound stays as it is', () => {
  expect(withMusic(head + video)).toBe(head + video)
  expect(withStereoSlots('offer-1 mic cam')).toBe('offer-1 mic cam')
})
