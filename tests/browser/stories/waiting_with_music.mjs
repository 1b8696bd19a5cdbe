// A guest knocks and hears the server's music and nothing of the room; being let in happens over the same ICE and DTLS
// session, and then the music ends. Somebody else is refused in a friendly way.
import assert from 'node:assert/strict'
import { frames, received, seesAndHears, transport, voices } from '../lib/media.mjs'
import { enter, inside, knock, logIn } from '../lib/people.mjs'
import { stories } from '../lib/story.mjs'
import { until } from '../lib/until.mjs'
import { WORDS } from '../lib/words.mjs'

const tell = stories()

async function hostInside({ server, visit }, room) {
  const host = await visit()
  await logIn(host, server)
  await enter(host, room, 'Mara')
  return host
}

tell('a guest waits with music and is let in', async (stage) => {
  const room = stage.server.room('Plenum', 'knock')
  const host = await hostInside(stage, room)
  const guest = await stage.visit({ locale: 'en-GB' })
  await knock(guest, room, 'Juna')
  await until('the music is heard', async () => (await received(guest.page)).music?.energy > 0)
  await until('it has played for some seconds', async () => (await received(guest.page)).music.packets > 150)
  const waiting = await received(guest.page)
  assert.equal(voices(waiting), 0, 'nothing of the room is heard')
  assert.equal(frames(waiting), 0, 'nothing of the room is seen')
  assert.equal(
    frames(await received(host.page)) + voices(await received(host.page)),
    0,
    'nobody hears the lobby',
  )
  assert.equal(await guest.page.getByText('Mara').count(), 0, 'no names before one is let in')
  const before = await transport(guest.page)

  await host.page.getByRole('button', { name: `${WORDS['de-DE'].admit}: Juna` }).click()
  await inside(guest)
  await Promise.all([seesAndHears(guest.page, 'Juna'), seesAndHears(host.page, 'Mara')])
  assert.deepEqual(await transport(guest.page), before, 'the same connection')
  await until('the music has ended', async () => {
    const { music } = await received(guest.page)
    await seesAndHears(guest.page, 'Juna')
    return (await received(guest.page)).music.packets === music.packets
  })
})

tell('a guest is refused', async (stage) => {
  const room = stage.server.room('Vorstand', 'knock')
  const host = await hostInside(stage, room)
  const guest = await stage.visit({ locale: 'en-GB' })
  await knock(guest, room, 'Juna')
  await host.page.getByRole('button', { name: `${WORDS['de-DE'].refuse}: Juna` }).click()
  await guest.page.getByRole('heading', { name: WORDS['en-GB'].refused }).waitFor()
  await until('the connection is closed', () =>
    guest.page.evaluate(() =>
      window.peerConnections.every(({ connectionState }) => connectionState === 'closed'),
    ),
  )
})
