// The machine in words: nine pins, those that stand are free ninths.
import { words } from '../../i18n'

/** Every verdict says how it is, and on the load page what that means for a meeting. */
export const verdictWords = words(
  {
    verdicts: {
      all: {
        short: 'Alle Neune stehen',
        sign: 'Alle Neune stehen.',
        lead: 'Ganz für euch. Der Server hat nichts zu tun und wartet gern.',
      },
      calm: {
        short: 'Ruhig, viel Platz',
        sign: 'Ruhig, viel Platz.',
        lead: 'Der Server langweilt sich freundlich. Es passen noch viele dazu.',
      },
      busy: {
        short: 'Gut besucht, läuft rund',
        sign: 'Gut besucht, läuft rund.',
        lead: 'Der Server hat zu tun und kommt gut mit.',
      },
      tight: {
        short: 'Ziemlich voll',
        sign: 'Ziemlich voll.',
        lead: 'Der Server hat kaum noch Luft. Bilder können ruckeln, Ton braucht am wenigsten.',
      },
      full: {
        short: 'Voll',
        sign: 'Voll.',
        lead: 'Der Server kann nicht mehr. Neue Kameras warten besser kurz, zuhören geht.',
      },
    },
    standing: (pins: number) => `${pins} von 9 Kegeln ${pins === 1 ? 'steht' : 'stehen'}`,
    meaning: 'Jeder gefallene ist ein Neuntel der Kraft.',
  },
  {
    verdicts: {
      all: {
        short: 'All nine are standing',
        sign: 'All nine are standing.',
        lead: 'All yours. The server has nothing to do and waits gladly.',
      },
      calm: {
        short: 'Quiet, plenty of room',
        sign: 'Quiet, plenty of room.',
        lead: 'The server is pleasantly bored. Many more will fit.',
      },
      busy: {
        short: 'Well attended, running smoothly',
        sign: 'Well attended, running smoothly.',
        lead: 'The server has work to do and keeps up well.',
      },
      tight: {
        short: 'Rather full',
        sign: 'Rather full.',
        lead: 'The server is almost out of breath. Pictures may stutter; sound needs the least.',
      },
      full: {
        short: 'Full',
        sign: 'Full.',
        lead: 'The server cannot take more. New cameras had better wait a moment; listening works.',
      },
    },
    standing: (pins) => `${pins} of 9 pins ${pins === 1 ? 'is' : 'are'} standing`,
    meaning: 'Each fallen one is a ninth of the power.',
  },
)
