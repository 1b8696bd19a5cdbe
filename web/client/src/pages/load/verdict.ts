// The machine in words: nine pins, those that stand are free ninths.
import type { LoadVerdict } from '../../api'
import { words } from '../../i18n'

/** Every verdict says how it is, and on the load page what that means for a meeting. */
export const verdictWords = words(
  {
    short: {
      all: 'Alle Neune stehen',
      calm: [
        'Ruhige Nacht, viel Platz',
        'Ruhiger Morgen, viel Platz',
        'Ruhiger Tag, viel Platz',
        'Ruhiger Abend, viel Platz',
      ],
      busy: 'Gut besucht, läuft rund',
      tight: 'Ziemlich voll',
      full: 'Voll',
    },
    lead: {
      all: 'Ganz für euch. Der Server hat nichts zu tun und wartet gern.',
      calm: 'Der Server langweilt sich freundlich. Es passen noch viele dazu.',
      busy: 'Der Server hat zu tun und kommt gut mit.',
      tight: 'Der Server hat kaum noch Luft. Bilder können ruckeln, Ton braucht am wenigsten.',
      full: 'Der Server kann nicht mehr. Neue Kameras warten besser kurz, zuhören geht.',
    },
    standing: (pins: number) => `${pins} von 9 Kegeln ${pins === 1 ? 'steht' : 'stehen'}`,
    meaning: 'Jeder gefallene ist ein Neuntel der Kraft.',
  },
  {
    short: {
      all: 'All nine are standing',
      calm: [
        'Quiet night, plenty of room',
        'Quiet morning, plenty of room',
        'Quiet day, plenty of room',
        'Quiet evening, plenty of room',
      ],
      busy: 'Well attended, running smoothly',
      tight: 'Rather full',
      full: 'Full',
    },
    lead: {
      all: 'All yours. The server has nothing to do and waits gladly.',
      calm: 'The server is pleasantly bored. Many more will fit.',
      busy: 'The server has work to do and keeps up well.',
      tight: 'The server is almost out of breath. Pictures may stutter; sound needs the least.',
      full: 'The server cannot take more. New cameras had better wait a moment; listening works.',
    },
    standing: (pins) => `${pins} of 9 pins ${pins === 1 ? 'is' : 'are'} standing`,
    meaning: 'Each fallen one is a ninth of the power.',
  },
)

/** A verdict in a few words, without a full stop; a quiet one knows the time of day. */
export function shortVerdict(t: (typeof verdictWords)['de'], verdict: LoadVerdict): string {
  if (verdict !== 'calm') return t.short[verdict]
  const hour = new Date().getHours()
  const part = hour < 5 ? 0 : hour < 11 ? 1 : hour < 17 ? 2 : 3
  return t.short.calm[part] ?? ''
}
