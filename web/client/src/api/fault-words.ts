import { currentWords, words } from '../i18n'
import { ApiError } from './request'

const faults = words(
  {
    unreachable: 'Der Server antwortet gerade nicht. Prüf deine Verbindung und versuch es noch einmal.',
    wrong_login: 'Name oder Passwort stimmt nicht. Schau noch einmal auf Groß und Klein.',
    too_many_attempts: 'Das war oft hintereinander. Warte eine Minute, dann geht es wieder.',
    not_logged_in: 'Du bist nicht mehr angemeldet. Melde dich noch einmal an.',
    login_taken: 'Diesen Namen hat schon ein anderes Konto. Nimm einen anderen.',
    login_invalid:
      'Der Name braucht 2 bis 32 Zeichen: Buchstaben ohne Umlaut, Ziffern, Punkt, Strich, Unterstrich.',
    password_invalid: 'Das Passwort braucht 10 bis 256 Zeichen.',
    sign_up_closed: 'Konten legt hier an, wer den Server betreibt. Frag dort nach.',
    setup_over: 'Dieser Einrichtungslink gilt nicht mehr. Der Server zeigt beim Start einen neuen.',
    room_unknown: 'Diesen Raum gibt es nicht mehr.',
    name_invalid: 'Der Name braucht 1 bis 64 Zeichen.',
    emoji_invalid: 'Das ist kein einzelnes Emoji. Nimm eines aus der Auswahl.',
    too_many_rooms: 'Mehr Räume hat ein Konto hier nicht. Lösch einen, den niemand mehr braucht.',
    too_many_tokens: 'Mehr Zugänge hat ein Raum hier nicht. Lösch einen, den niemand mehr braucht.',
    token_unknown: 'Diesen Zugang gibt es nicht mehr.',
    short_name_reserved: 'Diesen Namen braucht die Kegelbahn selbst. Nimm einen anderen.',
    short_name_taken: 'Diesen Raumnamen gibt es hier schon. Nimm einen anderen.',
    short_name_invalid: 'Ein Raumname hat 3 bis 20 kleine Buchstaben, Ziffern oder Striche.',
    foreign_origin: 'Die Anfrage kam von einer fremden Seite. Öffne die Seite neu.',
    door_unknown: 'Hinter dieser Tür ist nichts. Vielleicht fehlt dem Link ein Zeichen.',
    busy: 'Der Server hat gerade viel zu tun. Versuch es gleich noch einmal.',
    disk_full: 'Die Festplatte des Servers ist voll. Sag denen Bescheid, die ihn betreiben.',
    internal: 'Bei uns ist etwas umgefallen. Versuch es gleich noch einmal.',
    other: 'Das hat nicht geklappt. Versuch es gleich noch einmal.',
  },
  {
    unreachable: 'The server is not answering right now. Check your connection and try again.',
    wrong_login: 'Name or password is wrong. Check capital and small letters.',
    too_many_attempts: 'That was many tries in a row. Wait a minute, then it works again.',
    not_logged_in: 'You are no longer logged in. Please log in again.',
    login_taken: 'Another account has this name. Choose another one.',
    login_invalid: 'The name needs 2 to 32 characters: plain letters, digits, dot, dash, underscore.',
    password_invalid: 'The password needs 10 to 256 characters.',
    sign_up_closed: 'Whoever runs this server makes the accounts. Ask them for one.',
    setup_over: 'This set-up link no longer works. The server prints a new one when it starts.',
    room_unknown: 'This room no longer exists.',
    name_invalid: 'The name needs 1 to 64 characters.',
    emoji_invalid: 'That is not a single emoji. Choose one from the list.',
    too_many_rooms: 'An account has no more rooms here. Delete one that nobody needs.',
    too_many_tokens: 'A room has no more accesses here. Delete one that nobody needs.',
    token_unknown: 'This access no longer exists.',
    short_name_reserved: 'Kegelbahn needs this name itself. Choose another one.',
    short_name_taken: 'There is a room with this name already. Choose another one.',
    short_name_invalid: 'A room name has 3 to 20 small letters, digits or dashes.',
    foreign_origin: 'The request came from another site. Reload the page.',
    door_unknown: 'There is nothing behind this door. Maybe the link lacks a character.',
    busy: 'The server has a lot to do right now. Try again in a moment.',
    disk_full: 'The disk of the server is full. Tell those who run it.',
    internal: 'Something fell over on our side. Try again in a moment.',
    other: 'That did not work. Try again in a moment.',
  },
)

type Known = keyof typeof faults.de

/** A failure in words, in the current language: what happened, then what to do. */
export function faultWords(cause: unknown): string {
  const t = currentWords(faults)
  const code = cause instanceof ApiError ? cause.code : 'other'
  return code in t ? t[code as Known] : t.other
}
