import { words } from '../../i18n'

export const endedWords = words(
  {
    left: {
      title: 'Gut Holz! Das war’s für heute.',
      lead: (room: string) =>
        `Du hast ${room} verlassen. Dein Name ist weg, und niemand sieht oder hört dich mehr.`,
    },
    refused: {
      title: 'Heute passt es nicht.',
      lead: (room: string) => `Frag die Person, die dich in ${room} eingeladen hat.`,
    },
    removed: {
      title: 'Du bist draußen.',
      lead: (room: string) =>
        `Wer ${room} leitet, hat dich aus dem Raum gebeten. Wenn das ein Versehen war, klopf noch mal an.`,
    },
    room_gone: {
      title: 'Der Raum ist zu.',
      lead: (room: string) =>
        `${room} gibt es nicht mehr. Frag die Person, die dich eingeladen hat, nach einem neuen Link.`,
    },
    elsewhere: {
      title: 'Du bist in einem anderen Fenster.',
      lead: (room: string) =>
        `Du hast ${room} in einem zweiten Fenster geöffnet. Dort geht es weiter, hier ist Schluss.`,
    },
    outdated: {
      title: 'Hier läuft eine alte Fassung.',
      lead: (room: string) =>
        `Der Server ist neuer als diese Seite. Lade sie neu, dann geht es in ${room} weiter.`,
    },
    theRoom: 'diesem Raum',
    again: 'Noch mal anklopfen',
    here: 'Hier weitermachen',
    reload: 'Neu laden',
    home: 'Zur Startseite',
  },
  {
    left: {
      title: 'Good game! That was it for today.',
      lead: (room) => `You left ${room}. Your name is gone, and nobody sees or hears you any more.`,
    },
    refused: {
      title: 'Not today.',
      lead: (room) => `Ask whoever invited you to ${room}.`,
    },
    removed: {
      title: 'You are outside.',
      lead: (room) => `Whoever hosts ${room} asked you out of the room. If that was a mistake, knock again.`,
    },
    room_gone: {
      title: 'The room is closed.',
      lead: (room) => `${room} does not exist any more. Ask whoever invited you for a new link.`,
    },
    elsewhere: {
      title: 'You are in another window.',
      lead: (room) => `You opened ${room} in a second window. It goes on there and ends here.`,
    },
    outdated: {
      title: 'This page is an old version.',
      lead: (room) => `The server is newer than this page. Reload it, and ${room} goes on.`,
    },
    theRoom: 'this room',
    again: 'Knock again',
    here: 'Go on here',
    reload: 'Reload',
    home: 'To the start page',
  },
)
