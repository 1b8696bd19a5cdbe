// One value of one figure, in words.
import { currentWords } from '../../i18n'
import type { Figure, Told } from './model'
import { loadWords } from './words'

/** Such as "20 bis 29", "10 bis 20 Mbit/s", "25 %", "wenige". */
export function tell(figure: Figure, told: Told): string {
  const t = currentWords(loadWords)
  if (told === 'nothing') return t.nothing
  if (told === 'few') return figure === 'rooms' || figure === 'people' ? t.few : t.little
  if (typeof told !== 'number') return t.to(String(told.from), String(told.to))
  // The server rounds traffic down to a step of ten.
  if (figure === 'traffic') return `${t.to(String(told), String(told + 10))} Mbit/s`
  return `${told} %`
}
