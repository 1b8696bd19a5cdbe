// How a change is taken back when others went on meanwhile. Pure.

type Json = Record<string, unknown>

/**
 * What a key is to hold so that the change from `before` to `after` is undone, given what it holds `now`: properties
 * that this change set go back, the rest stays as it is. `undefined` is no entry.
 */
export function inverse(now: unknown, after: unknown, before: unknown, random: () => number): unknown {
  if (before === undefined) return undefined
  if (after === undefined) return now === undefined ? newer(before, [], random) : now
  // Somebody else took it away: there is nothing to put back into place.
  if (now === undefined) return undefined
  if (!isJson(now) || !isJson(after) || !isJson(before)) return before
  const result: Json = { ...now }
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    if (same(before[key], after[key])) continue
    if (key in before) result[key] = before[key]
    else delete result[key]
  }
  return newer(result, [now, after], random)
}

/** Elements count their versions: each state needs a higher one than those that scenes have seen. */
function newer(value: unknown, seen: readonly Json[], random: () => number): unknown {
  if (!isJson(value) || typeof value['version'] !== 'number') return value
  const versions = [value, ...seen].map(({ version }) => (typeof version === 'number' ? version : 0))
  return { ...value, version: Math.max(...versions) + 1, versionNonce: Math.floor(random() * 2 ** 31) }
}

/** Equal as JSON. */
export function same(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) !== Array.isArray(b)) return false
  const [left, right] = [a as Json, b as Json]
  const keys = Object.keys(left)
  return keys.length === Object.keys(right).length && keys.every((key) => same(left[key], right[key]))
}

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
