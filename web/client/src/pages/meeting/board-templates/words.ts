import { words } from '../../../i18n'

export const templateWords = words(
  {
    choose: 'Womit soll die Seite anfangen?',
    cancel: 'Lieber nicht',
    drawing: 'Die Vorlage wird gezeichnet.',
    names: {
      plenum: 'Plenum mit Redeliste',
      kanban: 'Aufgaben in Spalten',
      retro: 'Rückblick',
      mindmap: 'Gedankenkarte',
      seats: 'Sitzplan',
      lined: 'Liniertes Papier',
      squared: 'Kariertes Papier',
    },
    plenum: {
      title: 'Plenum',
      when: 'am … , es leitet … , es schreibt …',
      columns: ['Punkt', 'Wer', 'Minuten'],
      first: 'Ankommen und Runde',
      talking: 'Redeliste',
      talkingHint: 'Oben ist dran, danach streichen.',
      decided: 'Beschlossen',
      todo: 'Wer macht was bis wann?',
    },
    kanban: {
      title: 'Was ansteht',
      columns: ['Zu tun', 'In Arbeit', 'Fertig'],
      notes: ['Schreib auf einen Zettel', 'und schieb ihn weiter', 'bis er hier hängt'],
    },
    retro: {
      title: 'Rückblick',
      parts: ['Lief gut', 'Lief schlecht', 'Ideen', 'Nehmen wir uns vor'],
      hints: ['Das behalten wir.', 'Das hat gestört.', 'Das könnten wir probieren.', 'Höchstens drei Dinge.'],
    },
    mindmap: { topic: 'Unser Thema', branch: (n: string) => `Gedanke ${n}` },
    seats: { title: 'Sitzplan', front: 'Vorne', door: 'Tür', table: (n: string) => `Tisch ${n}` },
  },
  {
    choose: 'What should the page begin with?',
    cancel: 'Better not',
    drawing: 'The template is being drawn.',
    names: {
      plenum: 'Assembly with talking list',
      kanban: 'Tasks in columns',
      retro: 'Looking back',
      mindmap: 'Mind map',
      seats: 'Seating plan',
      lined: 'Lined paper',
      squared: 'Squared paper',
    },
    plenum: {
      title: 'Assembly',
      when: 'on … , led by … , notes by …',
      columns: ['Item', 'Who', 'Minutes'],
      first: 'Arriving, and a round',
      talking: 'Talking list',
      talkingHint: 'The top one speaks; cross out afterwards.',
      decided: 'Decided',
      todo: 'Who does what by when?',
    },
    kanban: {
      title: 'What there is to do',
      columns: ['To do', 'Under way', 'Done'],
      notes: ['Write on a note', 'and move it on', 'until it hangs here'],
    },
    retro: {
      title: 'Looking back',
      parts: ['Went well', 'Went badly', 'Ideas', 'We resolve to'],
      hints: ['This we keep.', 'This got in the way.', 'This we could try.', 'Three things at most.'],
    },
    mindmap: { topic: 'Our topic', branch: (n) => `Thought ${n}` },
    seats: { title: 'Seating plan', front: 'Front', door: 'Door', table: (n) => `Table ${n}` },
  },
)

export type TemplateWords = (typeof templateWords)['de']
