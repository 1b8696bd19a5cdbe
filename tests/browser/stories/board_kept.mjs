// Everybody is told what becomes of the board; what is kept is there for whoever comes back, also when the server was
// started anew meanwhile: drawing, picture, slides and earlier states.
import assert from 'node:assert/strict'
import { bring, choose, drawRectangle, green, isRedAt, openBoard, outlined, photo } from '../lib/board.mjs'
import { pdf } from '../lib/pdf.mjs'
import { enter, logIn } from '../lib/people.mjs'
import { stories } from '../lib/story.mjs'
import { until } from '../lib/until.mjs'
import { WORDS } from '../lib/words.mjs'

const tell = stories()
const [de, en] = [WORDS['de-DE'], WORDS['en-GB']]

tell('a kept board on another day', async ({ server, visit }) => {
  const room = server.room('Plenum')
  const come = async () => {
    const [mara, ben] = [await visit(), await visit({ locale: 'en-GB' })]
    await logIn(mara, server)
    await enter(mara, room, 'Mara', { camera: false })
    await enter(ben, room, 'Ben', { camera: false })
    await openBoard(mara)
    await openBoard(ben)
    return [mara, ben]
  }
  const [mara, ben] = await come()
  await told(ben, en.willWipe)
  await mara.page.getByRole('button', { name: de.more, exact: true }).click()
  await mara.page.getByRole('radio', { name: de.keepDays }).click({ force: true })
  await mara.page.keyboard.press('Escape')
  await told(ben, en.willStayDays)
  await told(mara, de.willStayDays)

  await drawRectangle(ben, 0)
  await drawRectangle(ben, 1)
  await bring(ben, 'picture', 'keller.jpg', 'image/jpeg', await photo(ben, 'Kegelkeller'))
  await outlined(mara, 'Mara', ['Bild', '2-mal Rechteck'])
  // Even of a small page there is an earlier state when somebody has wiped it.
  await choose(ben, en.wipe)
  await outlined(mara, 'Mara', [])
  await ben.page.locator('.board-foot').getByRole('button', { name: en.undo }).click()
  await outlined(mara, 'Mara', ['Bild', '2-mal Rechteck'])
  await bring(mara, 'slides', 'Sommerfest.pdf', 'application/pdf', pdf(2))
  await ben.page.getByRole('button', { name: en.pageOf(1, 3) }).waitFor()
  for (const { page, locale } of [mara, ben])
    await page.getByText(WORDS[locale].saved, { exact: true }).waitFor()

  await Promise.all([mara.leave(), ben.leave()])
  await server.restart()

  const [again, back] = await come()
  await outlined(again, 'Mara', ['Bild', '2-mal Rechteck'])
  await outlined(back, 'Ben', ['Picture', 'Rectangle, 2 times'])
  await until('the picture is there', () => isRedAt(back, 0.5, 0.5))
  await told(back, en.willStayDays)
  await back.page.getByRole('button', { name: en.nextPage }).click()
  await back.page.getByRole('button', { name: en.pageOf(2, 3) }).waitFor()
  await until('the slide is there', async () => (await green(back)) > 500)
  await choose(again, de.versions)
  await again.page.getByRole('dialog').getByRole('button', { name: de.versionWiped }).waitFor()
  assert.equal(await again.page.getByRole('dialog').getByRole('listitem').count(), 1)
})

/** The board's menu says what becomes of it. */
async function told({ page, locale }, sentence) {
  await page.getByRole('button', { name: WORDS[locale].boardMenu }).click()
  await page.getByRole('menu').getByText(sentence).waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('menu').waitFor({ state: 'detached' })
}
