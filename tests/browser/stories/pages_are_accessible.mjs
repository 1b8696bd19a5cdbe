// axe-core finds nothing serious on any page, by day and by night; and no page asks another host for anything (which
// every story checks; here all pages are opened).
import { isAccessible } from '../lib/axe.mjs'
import { atTheDoor, enter, knock } from '../lib/people.mjs'
import { stories } from '../lib/story.mjs'
import { openBoard } from '../lib/board.mjs'
import { WORDS } from '../lib/words.mjs'

const tell = stories()
const words = WORDS['de-DE']

tell('start, load, login and error pages', async ({ server, visit }) => {
  const { page } = await visit()
  await page.goto(server.origin)
  await page.getByRole('textbox', { name: words.where }).waitFor()
  await isAccessible(page, 'the start page')
  await page.goto(`${server.origin}/load`)
  await page.getByRole('heading', { level: 1 }).waitFor()
  await isAccessible(page, 'the load page')
  for (const path of ['/login', '/setup', '/r/AAAAAAAAAAAAAAAAAAAAAA']) {
    await page.goto(server.origin + path)
    await page.getByRole('heading', { level: 1 }).waitFor()
    await isAccessible(page, path)
  }
})

tell('join, waiting and room pages', async ({ server, visit }) => {
  const [open, closed] = [server.room('Plenum'), server.room('Vorstand', 'knock')]
  const ada = await visit()
  await atTheDoor(ada, open, 'Ada')
  await isAccessible(ada.page, 'the join page')
  await enter(ada, open, 'Ada')
  await openBoard(ada)
  await isAccessible(ada.page, 'the room')
  const ben = await visit()
  await knock(ben, closed, 'Ben')
  await isAccessible(ben.page, 'the waiting page')
})
