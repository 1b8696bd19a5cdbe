import { words } from '../../i18n'

export const errorWords = words(
  {
    home: 'Zur Startseite',
    link: {
      title: 'Hinter dieser Tür ist nichts',
      headline: 'Hinter dieser Tür ist nichts.',
      lead: [
        'Zu ',
        ' gibt es keinen Raum. Vielleicht fehlt dem Link ein Zeichen, oder jemand hat den Raum gelöscht.',
      ],
      retry: 'Probier es noch einmal',
      ask: 'Sonst frag die Person, die dich eingeladen hat. Wir wissen nicht, wer das war, und das ist Absicht.',
    },
    page: {
      title: 'Hier ist nichts',
      headline: 'Hier endet die Bahn.',
      lead: 'Diese Seite gibt es nicht. Vielleicht fehlt der Adresse ein Zeichen.',
      retry: 'Wohin wolltest du?',
    },
    browser: {
      title: 'Browser zu alt',
      headline: 'Dieser Browser ist ein bisschen zu alt.',
      lead: 'Er kann Ton und Bild nicht so schicken, wie wir es brauchen. Einer von diesen geht, ab 2024, am Rechner oder am Telefon:',
      copy: 'Link für einen anderen Browser kopieren',
      why: 'Was genau fehlt?',
      missing: (list: string) => `Diesem Browser fehlt: ${list}.`,
    },
    udp: {
      title: 'Nichts kommt durch',
      headline: 'Ton und Bild kommen nicht durch.',
      lead: 'Dein Netz sperrt beide Wege, die wir für Ton und Bild haben (UDP und TCP). Ein anderes Netz hilft: zum Beispiel ein WLAN von jemand anderem oder das Telefon als Hotspot.',
      again: 'Noch einmal versuchen',
      why: 'Für die Person, die dieses Netz betreut',
      letThrough: (host: string, port: string) =>
        `Bitte lass TCP ${port} zu ${host} durch, ohne TLS aufzubrechen. Besser für Ton und Bild ist UDP; die Ports nennt, wer den Server betreibt, voreingestellt beginnen sie bei 7881.`,
    },
    restart: {
      title: 'Wir stellen neu auf',
      headline: 'Wir stellen die Kegel neu auf.',
      lead: 'Der Server bekommt eine neue Fassung. Das dauert meist weniger als 20 Sekunden, und du kommst von selbst zurück.',
      leadTo: [
        'Der Server bekommt eine neue Fassung. Das dauert meist weniger als 20 Sekunden, und du kommst von selbst zurück in ',
        '.',
      ],
      asking: 'Wir fragen immer wieder nach, ob er schon da ist.',
      asked: (seconds: number) =>
        `Noch einmal gefragt vor ${seconds === 1 ? 'einer Sekunde' : `${seconds} Sekunden`}.`,
      now: 'Jetzt nachsehen',
    },
  },
  {
    home: 'To the start page',
    link: {
      title: 'Nothing behind this door',
      headline: 'There is nothing behind this door.',
      lead: ['There is no room for ', '. Maybe the link lacks a character, or somebody deleted the room.'],
      retry: 'Try once more',
      ask: 'Otherwise ask whoever invited you. We do not know who that was, and that is on purpose.',
    },
    page: {
      title: 'Nothing here',
      headline: 'The lane ends here.',
      lead: 'There is no such page. Maybe the address lacks a character.',
      retry: 'Where did you want to go?',
    },
    browser: {
      title: 'Browser too old',
      headline: 'This browser is a bit too old.',
      lead: 'It cannot send sound or pictures the way we need. Any of these will do, from 2024 on, on a computer or a phone:',
      copy: 'Copy the link for another browser',
      why: 'What exactly is missing?',
      missing: (list) => `This browser lacks: ${list}.`,
    },
    udp: {
      title: 'Nothing gets through',
      headline: 'Sound and pictures do not get through.',
      lead: 'Your network blocks both roads we have for sound and pictures (UDP and TCP). Another network helps: somebody else’s Wi-Fi, for example, or your phone as a hotspot.',
      again: 'Try again',
      why: 'For whoever runs this network',
      letThrough: (host, port) =>
        `Please let TCP ${port} to ${host} through, without opening its TLS. UDP is better for sound and pictures; whoever runs the server knows the ports, by default they begin at 7881.`,
    },
    restart: {
      title: 'Setting up again',
      headline: 'We are setting the pins up again.',
      lead: 'The server is getting a new version. That mostly takes less than 20 seconds, and you will be back by yourself.',
      leadTo: [
        'The server is getting a new version. That mostly takes less than 20 seconds, and you will be back by yourself in ',
        '.',
      ],
      asking: 'We keep asking whether it is there again.',
      asked: (seconds) => `Asked again ${seconds === 1 ? 'a second' : `${seconds} seconds`} ago.`,
      now: 'Look now',
    },
  },
)
