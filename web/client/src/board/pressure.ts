// How hard a pen is pressed, from 0 to 1, as it travels with a live stroke: a character a point, of the 64 of base64url
// from 'A' for nothing to '_' for all. JSON leaves each of them one byte, and nobody sees finer steps. Pure.

const STEPS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
const ALL = STEPS.length - 1

export function pressuresIn(pressures: readonly number[]): string {
  return pressures.map((one) => STEPS[Math.round(Math.min(1, Math.max(0, one)) * ALL)] ?? STEPS[0]).join('')
}

/** The pressure of the point `at`; none for what was written by a pen that does not feel any. */
export function pressureAt(pressures: string | undefined, at: number): number | undefined {
  const character = pressures?.[at]
  return character === undefined ? undefined : STEPS.indexOf(character) / ALL
}

/** Whether this tells the pressures of so many points. */
export function arePressures(value: unknown, count: number): value is string {
  return typeof value === 'string' && value.length === count && /^[\w-]*$/.test(value)
}
