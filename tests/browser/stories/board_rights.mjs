// A lock while somebody draws holds at once, one person may be let draw again, and everybody can be led by the hand.
import assert from 'node:assert/strict'
import { choose, drag, drawRectangle, openBoard, outlined, take } from '../lib/board.mjs'
import { enter, logIn } from '../lib/people.mjs'
import { stories } from '../lib/story.mjs'
import { until } from '../lib/until.mjs'
import { WORDS } from '../lib/words.mjs'

const tell = stories()
const de = WORDS['de-DE']

tell('a lock while drawing', async ({ server, visit }) => {
  const room = server.room('Plenum')
  const [mara, ben] = [await visit(), await visit()]
  await logIn(mara, server)
  await enter(mara, room, 'Mara', { camera: false })
  await enter(ben, room, 'Ben', { camera: false })
  await openBoard(mara)
  await openBoard(ben)
  await drawRectangle(ben, 0)
  await outlined(mara, 'Mara', ['Rechteck'])
  await take(ben, 'pen')
  await choose(mara, de.onlyHosts, 'menuitemradio')
  await ben.page.getByText(de.watching).waitFor()
  assert.equal(await ben.page.getByRole('toolbar', { name: de.tools }).count(), 0)
  await drag(ben, [0.3, 0.6], [0.6, 0.7])
  await drawRectangle(mara, 2)
  await outlined(mara, 'Mara', ['2-mal Rechteck'])
  await outlined(ben, 'Ben', ['2-mal Rechteck'])

  // Ben alone may draw again.
  await mara.page.getByRole('button', { name: /^Ben: / }).click()
  await mara.page.getByRole('menuitem', { name: 'Zeichnen lassen', exact: true }).click()
  await openBoard(ben)
  await drawRectangle(ben, 3)
  await outlined(mara, 'Mara', ['3-mal Rechteck'])
})

tell('whoever presents leads the eyes of the others, who may look away', async ({ server, visit }) => {
  const room = server.room('Plenum')
  const [mara, ben] = [await visit(), await visit()]
  await logIn(mara, server)
  await enter(mara, room, 'Mara', { camera: false })
  await enter(ben, room, 'Ben', { camera: false })
  await openBoard(mara)
  await openBoard(ben)
  await drawRectangle(mara, 1)
  await choose(mara, de.lead, 'menuitemcheckbox')
  await ben.page.getByText(de.following('Mara')).waitFor()
  const zoom = ({ page }) => page.locator('.zooms .wide').innerText()
  await mara.page.getByRole('button', { name: 'Größer' }).click()
  await mara.page.getByRole('button', { name: 'Größer' }).click()
  await until('Ben sees it as large as Mara', async () => (await zoom(ben)) === (await zoom(mara)))
  await mara.page.getByRole('button', { name: de.pageOf(1, 1) }).click()
  await mara.page.getByRole('button', { name: de.newPage }).click()
  await mara.page.getByRole('menuitem', { name: de.blankPage }).click()
  await ben.page.getByRole('button', { name: de.pageOf(2, 2) }).waitFor()

  await ben.page.getByRole('button', { name: de.lookAround }).click()
  await ben.page.getByText(de.offered('Mara')).waitFor()
  await mara.page.getByRole('button', { name: 'Vorige Seite' }).click()
  await drawRectangle(mara, 3)
  await outlined(ben, 'Ben', [])
  await ben.page.getByRole('button', { name: de.pageOf(2, 2) }).waitFor()
})
