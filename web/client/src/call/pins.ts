// Who is shown large because somebody here wants it so. For this page only, and only as long as it lives. Pure.

/** More than three large tiles are a grid again. */
export const MOST_PINS = 3

/** Pins or lets go; a fourth pin takes the place of the oldest. */
export function togglePin(pins: readonly string[], id: string): readonly string[] {
  return pins.includes(id) ? pins.filter((pin) => pin !== id) : [...pins, id].slice(-MOST_PINS)
}
