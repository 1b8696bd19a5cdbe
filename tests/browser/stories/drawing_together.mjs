// Two people draw on one board, and somebody who comes later sees all of it.
import assert from 'node:assert/strict'
import { drawRectangle, ink, moreInk, openBoard } from '../lib/board.mjs'
import { enter } from '../lib/people.mjs'
import { stories } from '../lib/story.mjs'
import { WORDS } from '../lib/words.mjs'

const tell = stories()

tell('two people draw together and a third comes later', async ({ server, visit }) => {
  const room = server.room('Plenum')
  const [ada, ben] = [await visit(), await visit({ locale: 'en-GB' })]
  await enter(ada, room, 'Ada')
  await enter(ben, room, 'Ben')
  await openBoard(ada)
  await openBoard(ben)
  await ada.page.getByText(WORDS['de-DE'].emptyBoard).waitFor()
  const [blankAda, blankBen] = [await ink(ada), await ink(ben)]

  await drawRectangle(ada, 0)
  await moreInk(ada, 'Ada', blankAda)
  const first = await moreInk(ben, 'Ben', blankBen)
  const seen = await ink(ada)
  await drawRectangle(ben, 2)
  await moreInk(ben, 'Ben', first)
  await moreInk(ada, 'Ada', seen)

  const cem = await visit()
  await enter(cem, room, 'Cem')
  await openBoard(cem)
  await moreInk(cem, 'Cem', 0)
  assert.equal(await cem.page.getByText(WORDS['de-DE'].emptyBoard).count(), 0)
})
