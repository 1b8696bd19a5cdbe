import { words } from '../../i18n'

/** How sound and pictures travel, in the words of the notices and of the dialog "more". */
export const wayWords = words(
  {
    title: 'Verbindung',
    direct: 'Direkt: Ton und Bild nehmen den kurzen Weg zum Server.',
    tcp: 'UDP ist hier gesperrt, wir nehmen den langsameren Weg.',
    relay: 'Über ein Relais: Anders lässt dein Netz Ton und Bild nicht durch.',
    short: { direct: 'direkt (UDP)', tcp: 'TCP, weil UDP gesperrt ist', relay: 'Relais (TURN)' },
    looking: 'Wir suchen noch einen Weg.',
    blocked: (port: string) => `Nichts kommt durch. Bitte in deinem Netz um TCP ${port}.`,
    slower: 'UDP ist hier gesperrt.',
    slowerMore: 'Wir nehmen den langsameren Weg. Bei schwachem Netz fallen Bilder aus, der Ton bleibt.',
  },
  {
    title: 'Connection',
    direct: 'Direct: sound and pictures take the short way to the server.',
    tcp: 'UDP is blocked here, using the slower way.',
    relay: 'By a relay: your network lets sound and pictures through no other way.',
    short: { direct: 'direct (UDP)', tcp: 'TCP, because UDP is blocked', relay: 'relay (TURN)' },
    looking: 'Still looking for a way.',
    blocked: (port) => `Nothing gets through; ask your network for TCP ${port}.`,
    slower: 'UDP is blocked here.',
    slowerMore: 'Using the slower way. On a weak network pictures drop out, sound stays.',
  },
)
