// Places in a list as strings: between any two there is always another, so that moving one page writes one page.
// Digits are 0-9, A-Z, a-z, which sort as their characters do; a place never ends in the smallest digit.

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const BASE = DIGITS.length

/** A place after `before` and ahead of `after`; null is the end of the list. */
export function between(before: string | null, after: string | null): string {
  const low = before ?? ''
  // Two pages may have got the same place at once: the new one goes after both.
  const high = after !== null && after > low ? after : null
  let place = ''
  for (let at = 0; ; at += 1) {
    const floor = at < low.length ? digit(low, at) : 0
    const bounded = high !== null && high.startsWith(place)
    const ceiling = bounded ? (at < high.length ? digit(high, at) : 0) : BASE
    if (ceiling - floor > 1) return place + DIGITS[Math.floor((floor + ceiling) / 2)]
    place += DIGITS[floor]
  }
}

function digit(place: string, at: number): number {
  return Math.max(0, DIGITS.indexOf(place.charAt(at)))
}
