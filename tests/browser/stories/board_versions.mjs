// A host remembers a state of the board, somebody wipes it, and the host looks at what was before the wiping and brings it
// back; that, too, can be undone.
import assert from 'node:assert/strict'
import { isAccessible } from '../lib/axe.mjs'
import { choose, drawRectangle, openBoard, outlined } from '../lib/board.mjs'
import { enter, logIn } from '../lib/people.mjs'
import { stories } from '../lib/story.mjs'
import { until } from '../lib/until.mjs'
import { WORDS } from '../lib/words.mjs'

const tell = stories()
const de = WORDS['de-DE']

tell('an earlier state comes back', async ({ server, visit }) => {
  const room = server.room('Plenum')
  const [mara, ben] = [await visit(), await visit()]
  await logIn(mara, server)
  await enter(mara, room, 'Mara', { camera: false })
  await enter(ben, room, 'Ben', { camera: false })
  await openBoard(mara)
  await openBoard(ben)
  await drawRectangle(ben, 0)
  await drawRectangle(ben, 2)
  await outlined(mara, 'Mara', ['2-mal Rechteck'])

  const dialog = mara.page.getByRole('dialog')
  await choose(mara, de.versions)
  await dialog.getByRole('button', { name: de.keepVersion }).click()
  await dialog.getByRole('button', { name: de.byHand }).waitFor()
  await mara.page.keyboard.press('Escape')

  await choose(ben, de.wipe)
  await outlined(mara, 'Mara', [])
  await drawRectangle(ben, 3)
  await outlined(mara, 'Mara', ['Rechteck'])

  await choose(mara, de.versions)
  assert.deepEqual(await reasons(dialog), [de.versionWiped, de.byHand])
  await dialog.getByRole('button', { name: de.versionWiped }).click()
  await until('the earlier state is shown', () =>
    dialog.locator('canvas').evaluate((canvas) => {
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height)
      return data.some((value) => value > 0)
    }),
  )
  await isAccessible(mara.page, 'the earlier states')
  await dialog.getByRole('button', { name: de.bringBack, exact: true }).click()
  await mara.page.getByText(de.broughtBack).waitFor()
  await outlined(ben, 'Ben', ['2-mal Rechteck'])

  await mara.page.locator('.board-foot').getByRole('button', { name: de.undo }).click()
  await outlined(ben, 'Ben', ['Rechteck'])
  await choose(mara, de.versions)
  assert.deepEqual(await reasons(dialog), [de.versionRestoring, de.versionWiped, de.byHand])
})

/** Why each of the states in the list was kept. */
async function reasons(dialog) {
  await dialog.getByRole('listitem').first().waitFor()
  return dialog.getByRole('listitem').locator('.small').allInnerTexts()
}
