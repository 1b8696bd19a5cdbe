import { words } from '../../../i18n'

export const jobWords = words(
  {
    kinds: {
      picture: 'Das Bild ist unterwegs.',
      slides: 'Die Folien sind unterwegs.',
      export: 'Die Tafel wird eingepackt.',
      import: 'Die Zeichnung wird ausgepackt.',
      version: 'Der frühere Stand kommt.',
    },
    faults: {
      too_large: 'Das Bild ist zu groß, auch verkleinert. Nimm eines unter 10 MB.',
      slides_too_large: 'Diese PDF-Datei ist größer als 50 MB. Mach sie kleiner oder nimm weniger Seiten.',
      slides_refused:
        'Für diesen Server ist die PDF-Datei zu groß. Mach sie kleiner oder nimm weniger Seiten.',
      slides_stopped:
        'Gerade darfst du nicht mehr zeichnen, darum kamen nicht alle Folien an. Die ersten bleiben auf der Tafel.',
      type_unknown: 'Das ist kein Bild, das wir kennen. PNG, JPEG und WebP gehen.',
      uploads_full:
        'Für Bilder und Folien ist in diesem Raum kein Platz mehr. Was nirgends mehr zu sehen ist, geht nach ein paar Tagen, alles andere, wenn die Tafel gewischt wird; bis dahin hilft ein anderer Raum.',
      drawing_not_allowed: 'Gerade darfst du nicht zeichnen, darum kam es nicht an.',
      disk_full:
        'Die Festplatte des Servers ist voll, darum kam es nicht an. Sag denen Bescheid, die ihn betreiben.',
      busy: 'Gerade kommt hier viel auf einmal an. Warte einen Moment und versuch es noch mal.',
      failed: 'Das kam nicht an. Prüf deine Verbindung und versuch es noch mal.',
      cancelled: 'Abgebrochen.',
      broken: 'Diese PDF-Datei ist beschädigt. Öffne sie in einem anderen Programm und speichere sie neu.',
      encrypted:
        'Diese PDF-Datei ist mit einem Passwort verschlossen. Speichere sie ohne Passwort und nimm dann die.',
      too_many_pages: 'Diese PDF-Datei hat mehr als 300 Seiten. Teile sie auf.',
      not_a_drawing: 'Das ist keine Excalidraw-Datei, oder sie ist beschädigt.',
      file_unknown: 'Diese Datei kann nicht auf die Tafel. Bilder, PDF- und Excalidraw-Dateien gehen.',
      pictures_left_out:
        'Nicht alle Bilder kamen mit, denn sie steckten nicht in dem, was du einfügst. Füg sie als Dateien ein.',
      not_packed: 'Das ließ sich nicht einpacken. Nimm weniger Seiten oder ein anderes Format.',
    },
    understood: 'Gut',
    cancel: 'Abbrechen',
  },
  {
    kinds: {
      picture: 'The picture is on its way.',
      slides: 'The slides are on their way.',
      export: 'The board is being packed.',
      import: 'The drawing is being unpacked.',
      version: 'The earlier state is coming.',
    },
    faults: {
      too_large: 'The picture is too large, even made smaller. Take one under 10 MB.',
      slides_too_large: 'This PDF file is larger than 50 MB. Make it smaller or take fewer pages.',
      slides_refused: 'This PDF file is too large for this server. Make it smaller or take fewer pages.',
      slides_stopped:
        'You may not draw any more just now, so not all slides arrived. The first ones stay on the board.',
      type_unknown: 'This is no picture that we know. PNG, JPEG and WebP work.',
      uploads_full:
        'There is no room left for pictures and slides here. What nothing shows any more goes after some days, everything else once the board is wiped; until then use another room.',
      drawing_not_allowed: 'You may not draw just now, so it did not arrive.',
      disk_full: 'The disk of the server is full, so it did not arrive. Tell those who run it.',
      busy: 'A lot is arriving here at the moment. Wait a little and try again.',
      failed: 'This did not arrive. Check your connection and try again.',
      cancelled: 'Cancelled.',
      broken: 'This PDF file is damaged. Open it in another program and save it anew.',
      encrypted: 'This PDF file is locked with a password. Save it without one and take that.',
      too_many_pages: 'This PDF file has more than 300 pages. Split it.',
      not_a_drawing: 'This is no Excalidraw file, or it is damaged.',
      file_unknown: 'This file cannot go on the board. Pictures, PDF and Excalidraw files can.',
      pictures_left_out:
        'Not all pictures came along, for they were not in what you insert. Insert them as files.',
      not_packed: 'This could not be packed. Take fewer pages or another format.',
    },
    understood: 'All right',
    cancel: 'Cancel',
  },
)

export const fileWords = words(
  {
    picture: 'Bild einfügen …',
    photo: 'Foto aufnehmen …',
    slides: 'Folien einfügen (PDF) …',
    slideLoading: 'Die Folie kommt gleich.',
    slideFailed: 'Diese Folie ließ sich nicht laden. Wir versuchen es weiter.',
    dropHere: 'Lass los, dann kommt es auf die Tafel.',
  },
  {
    picture: 'Insert a picture …',
    photo: 'Take a photo …',
    slides: 'Insert slides (PDF) …',
    slideLoading: 'The slide is on its way.',
    slideFailed: 'This slide could not be loaded. We keep trying.',
    dropHere: 'Let go and it is on the board.',
  },
)

export const exportWords = words(
  {
    open: 'Mitnehmen …',
    import: 'Excalidraw-Datei öffnen …',
    title: 'Als was möchtest du die Tafel mitnehmen?',
    which: 'Wie viel',
    page: 'Diese Seite',
    all: 'Alle Seiten',
    format: 'Format',
    png: ['Bild (PNG)', 'Zum Verschicken und Ansehen.'],
    pdf: ['PDF', 'Zum Drucken. Folien bleiben scharf, die Zeichnung liegt darüber.'],
    svg: ['Zeichnung (SVG)', 'Für Grafikprogramme, scharf in jeder Größe.'],
    excalidraw: ['Excalidraw-Datei', 'Zum Weiterzeichnen, hier oder anderswo.'],
    cancel: 'Lieber nicht',
    save: 'Mitnehmen',
  },
  {
    open: 'Take it with you …',
    import: 'Open an Excalidraw file …',
    title: 'What would you like to take the board as?',
    which: 'How much',
    page: 'This page',
    all: 'All pages',
    format: 'Format',
    png: ['Picture (PNG)', 'To send and to look at.'],
    pdf: ['PDF', 'To print. Slides stay sharp, with the drawing over them.'],
    svg: ['Drawing (SVG)', 'For graphics programs, sharp at any size.'],
    excalidraw: ['Excalidraw file', 'To draw on, here or elsewhere.'],
    cancel: 'Better not',
    save: 'Take it along',
  },
)

export const versionWords = words(
  {
    open: 'Frühere Stände …',
    title: 'Frühere Stände der Tafel',
    lead: 'Schau dir einen an und hol ihn zurück. Auch das lässt sich rückgängig machen.',
    choose: 'Wähl links einen Stand.',
    fetching: 'Wir holen die früheren Stände.',
    none: 'Noch gibt es keinen. Jede Stunde kommt einer dazu, und vor jedem Wischen.',
    failed: 'Das kam nicht an. Prüf deine Verbindung und versuch es noch mal.',
    disk_full: 'Die Festplatte des Servers ist voll. Sag denen Bescheid, die ihn betreiben.',
    damaged: 'Dieser Stand ist auf dem Server beschädigt. Nimm einen anderen; die Tafel ist, wie sie war.',
    keep: 'Diesen Stand merken',
    keeping: 'Wird gemerkt',
    restore: 'Zurückholen',
    restoring: 'Wird zurückgeholt',
    restored: 'Der frühere Stand ist zurück.',
    close: 'Alles lassen',
    morePages: (n: string) => `und ${n} weitere Seiten`,
    reasons: {
      hourly: 'zur vollen Stunde',
      before_clearing: 'vor dem Wischen',
      before_restoring: 'vor dem Zurückholen',
      by_hand: 'von Hand gemerkt',
    },
  },
  {
    open: 'Earlier states …',
    title: 'Earlier states of the board',
    lead: 'Look at one and bring it back. That can be undone, too.',
    choose: 'Choose a state on the left.',
    fetching: 'We are fetching the earlier states.',
    none: 'There is none yet. One is added every hour, and before every wiping.',
    failed: 'This did not arrive. Check your connection and try again.',
    disk_full: 'The disk of the server is full. Tell those who run it.',
    damaged: 'This state is damaged on the server. Take another one; the board is as it was.',
    keep: 'Remember this state',
    keeping: 'Being remembered',
    restore: 'Bring it back',
    restoring: 'Being brought back',
    restored: 'The earlier state is back.',
    close: 'Leave all as it is',
    morePages: (n) => `and ${n} more pages`,
    reasons: {
      hourly: 'on the hour',
      before_clearing: 'before wiping',
      before_restoring: 'before bringing back',
      by_hand: 'remembered by hand',
    },
  },
)
