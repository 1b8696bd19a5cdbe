// How people go through the doors, by what they can see and press.
import { WORDS } from './words.mjs'

/** Opens a door's join page and types a name. */
export async function atTheDoor(visitor, room, name) {
  const { page, locale } = visitor
  const words = WORDS[locale]
  await page.goto(room.url)
  await page.getByRole('textbox', { name: words.name }).fill(name)
  return words
}

/** Goes into an open room and is inside. Cameras cost the machine most: stories that are not about them leave them off. */
export async function enter(visitor, room, name, { camera = true } = {}) {
  const words = await atTheDoor(visitor, room, name)
  if (!camera) await visitor.page.getByRole('button', { name: words.cameraOff }).click()
  await visitor.page.getByRole('button', { name: words.enter, exact: true }).click()
  await inside(visitor)
}

/** Is inside: the controls and the people are there. */
export async function inside({ page, locale }) {
  const words = WORDS[locale]
  await page.getByRole('button', { name: words.hangUp }).waitFor()
}

/** Knocks and waits on the bench. */
export async function knock(visitor, room, name) {
  const words = await atTheDoor(visitor, room, name)
  await visitor.page.getByRole('button', { name: words.knock, exact: true }).click()
  await visitor.page.getByRole('heading', { name: `${words.almostIn}, ${name}.` }).waitFor()
}

/** Logs in as the server's host, in this visitor's context. */
export async function logIn({ page }, server) {
  await page.goto(server.origin)
  const status = await page.evaluate(async (login) => {
    const headers = { 'content-type': 'application/json' }
    return (
      await fetch('/api/session', {
        method: 'POST',
        headers,
        body: JSON.stringify(login),
      })
    ).status
  }, server.login)
  if (status !== 200) throw new Error(`logging in answered ${status}`)
}

/** The tile of somebody, by the name on it. */
export function tile({ page, locale }, name) {
  return page
    .getByRole('list', { name: WORDS[locale].people })
    .getByRole('listitem')
    .filter({ hasText: name })
}
