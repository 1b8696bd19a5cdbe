// What axe-core has to say about a page, by day and by night.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** Nothing serious; `what` names the page where it fails. The board's own parts are Excalidraw's. */
export async function isAccessible(page, what) {
  await page.evaluate(AXE)
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    const violations = await page.evaluate(async () => {
      const { violations } = await window.axe.run({ exclude: ['.excalidraw'] })
      return violations
        .filter(({ impact }) => impact === 'serious' || impact === 'critical')
        .map(({ id, impact, nodes }) => `${impact} ${id}: ${nodes.map(({ html }) => html).join(' | ')}`)
    })
    assert.deepEqual(violations, [], `${what}, ${colorScheme}`)
  }
}
