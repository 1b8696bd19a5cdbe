import { words } from '../../i18n'

export const doorWords = words(
  {
    opening: 'Wir schauen, was hinter der Tür ist.',
    openingTitle: 'An der Tür',
    back: 'Du bist gleich wieder drin.',
    backTitle: 'Gleich wieder da',
  },
  {
    opening: 'We are looking what is behind the door.',
    openingTitle: 'At the door',
    back: 'You will be back inside in a moment.',
    backTitle: 'Back in a moment',
  },
)
