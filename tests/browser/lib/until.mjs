/** Asks `look` again and again until it gives something truthy; fails with `what` after `timeout` milliseconds. */
export async function until(what, look, timeout = 30_000) {
  const end = Date.now() + timeout
  for (;;) {
    const seen = await look()
    if (seen) return seen
    if (Date.now() > end) throw new Error(`waited ${timeout / 1000} s in vain until ${what}`)
    await new Promise((again) => setTimeout(again, 50))
  }
}
