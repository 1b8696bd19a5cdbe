// What descriptions say of sound (RFC 7587), edited as it is applied in this browser. Pure. The server writes one offer
// for everybody; whether one's own microphone sends music is nobody else's business, so it is put in here.

/** Enough for music in stereo that nobody hears the codec in. */
export const MUSIC_BITRATE = 128_000

/** The offer as a sender of music takes it: stereo, 128 kbit/s, and no pauses in what sounds like silence. */
export function withMusic(offer: string): string {
  return mapOpus(offer, (mid, parameters) =>
    mid === 'mic'
      ? {
          ...without(parameters, 'usedtx'),
          ...STEREO,
          'sprop-stereo': '1',
          maxaveragebitrate: String(MUSIC_BITRATE),
        }
      : parameters,
  )
}

/** The answer that lets stereo in on every slot; Chromium decodes to mono without. Costs nothing for mono. */
export function withStereoSlots(answer: string): string {
  return mapOpus(answer, (mid, parameters) => (mid === 'mic' ? parameters : { ...parameters, ...STEREO }))
}

const STEREO = { stereo: '1' } as const

type Parameters = Readonly<Record<string, string>>

/** Rewrites the `fmtp` of Opus in every m-line of sound; other lines stay as they are, byte by byte. */
function mapOpus(sdp: string, edit: (mid: string, parameters: Parameters) => Parameters): string {
  return sdp
    .split(/(?=^m=)/m)
    .map((section) => {
      const mid = /^a=mid:(\S+)/m.exec(section)?.[1]
      const type = /^a=rtpmap:(\d+) opus\//im.exec(section)?.[1]
      if (!section.startsWith('m=audio') || mid === undefined || type === undefined) return section
      const line = new RegExp(`^a=fmtp:${type} ([^\\r\\n]*)`, 'm')
      const before = parsed(line.exec(section)?.[1] ?? '')
      const after = edit(mid, before)
      if (after === before) return section
      const written = `a=fmtp:${type} ${Object.entries(after)
        .map(([name, value]) => `${name}=${value}`)
        .join(';')}`
      return line.test(section)
        ? section.replace(line, written)
        : section.replace(new RegExp(`^a=rtpmap:${type} [^\\r\\n]*`, 'm'), (map) => `${map}\r\n${written}`)
    })
    .join('')
}

function parsed(text: string): Parameters {
  const pairs = text
    .split(';')
    .map((part) => part.trim().split('='))
    .filter(([name]) => name !== '')
  return Object.fromEntries(pairs.map(([name = '', value = '']) => [name, value]))
}

function without(parameters: Parameters, name: string): Parameters {
  return Object.fromEntries(Object.entries(parameters).filter(([other]) => other !== name))
}
