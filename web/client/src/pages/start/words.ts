import { words } from '../../i18n'

export const startWords = words(
  {
    title: 'Videokonferenz mit Tafel',
    skip: 'Zum Raumlink springen',
    logIn: 'Anmelden',
    yourRooms: 'Deine Räume',
    headline: 'Ein Link, und alle sitzen in einem Raum.',
    lead: 'Videokonferenz mit gemeinsamer Tafel für Vereine, Schulen und Hackspaces. Gäste brauchen kein Konto, und gespeichert wird nur, was ihr behalten wollt.',
    where: 'Wohin möchtest du?',
    placeholder: 'Raumlink oder Raumname',
    goIn: 'Reingehen',
    looking: 'Wir klopfen …',
    example: ['Zum Beispiel ', 'plenumsraum', ' oder der ganze Link aus deiner Einladung.'],
    house:
      'Ein aufgeschnittenes Haus: oben schläft die Flauschpyramide, darunter tagt das Plenum, im Keller rollt eine Kugel auf neun Kegel zu.',
    lane: 'Eine Kugel rollt auf neun Kegel zu, daneben schläft die Flauschpyramide.',
    empty: 'Füg den Link aus deiner Einladung ein, oder tipp den Raumnamen.',
    nothing: 'Hinter dieser Tür ist nichts. Vielleicht fehlt dem Link ein Zeichen.',
    elsewhere: (host: string) =>
      `Dieser Link führt zu ${host}. Öffne ihn dort, in der Adresszeile deines Browsers.`,
  },
  {
    title: 'Video meetings with a board',
    skip: 'Skip to the room link',
    logIn: 'Log in',
    yourRooms: 'Your rooms',
    headline: 'One link, and everyone is in the room.',
    lead: 'Video meetings with a shared board for clubs, schools and hackspaces. Guests need no account, and only what you choose to keep is kept.',
    where: 'Where would you like to go?',
    placeholder: 'Room link or room name',
    goIn: 'Go in',
    looking: 'Knocking …',
    example: ['For example ', 'assembly', ' or the whole link from your invitation.'],
    house:
      'A house cut open: the fluff pyramid sleeps on top, the assembly meets below, and in the cellar a ball rolls towards nine pins.',
    lane: 'A ball rolls towards nine pins; beside it the fluff pyramid sleeps.',
    empty: 'Paste the link from your invitation, or type the room name.',
    nothing: 'There is nothing behind this door. Maybe the link lacks a character.',
    elsewhere: (host) => `This link leads to ${host}. Open it there, in the address bar of your browser.`,
  },
)
