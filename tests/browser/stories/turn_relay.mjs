// Two browsers that may only use relays meet by Debian's coturn, which knows nothing but the secret.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { after, before } from 'node:test'
import { seesAndHears, way } from '../lib/media.mjs'
import { enter } from '../lib/people.mjs'
import { stories } from '../lib/story.mjs'

const SECRET = 'a secret between two servers'
const RELAY = '10.99.0.1'

let coturn
before(async () => {
  coturn = spawn(
    'turnserver',
    // What it would read from files, and where it would write, is switched off.
    [
      '-n',
      '--no-cli',
      '--no-tls',
      '--no-dtls',
      '--log-file=stdout',
      '--simple-log',
      '--pidfile=',
      '--userdb=:memory:',
    ]
      .concat(['--use-auth-secret', `--static-auth-secret=${SECRET}`, '--realm=kegeln.example'])
      .concat([
        `--listening-ip=${RELAY}`,
        `--relay-ip=${RELAY}`,
        '--listening-port=3478',
        '--allow-loopback-peers',
      ]),
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  let said = ''
  await new Promise((ready, failed) => {
    coturn.once('error', failed)
    coturn.once('exit', () => failed(new Error(`coturn ended: ${said}`)))
    coturn.stdout.on('data', (bytes) => {
      said += bytes
      if (/UDP listener opened/.test(said)) ready()
    })
  })
})
after(async () => {
  if (!coturn || coturn.exitCode !== null) return
  coturn.removeAllListeners('exit')
  const ended = new Promise((over) => coturn.once('exit', over))
  coturn.kill('SIGKILL')
  await ended
})

const tell = stories({
  KEGELBAHN__TURN__URLS: `turn:${RELAY}:3478?transport=udp`,
  KEGELBAHN__TURN__SECRET: SECRET,
})

/** Runs in the page, around what keeps connections. */
function relaysOnly() {
  window.RTCPeerConnection = new Proxy(window.RTCPeerConnection, {
    construct: (type, [config]) => new type({ ...config, iceTransportPolicy: 'relay' }),
  })
}

tell('people meet by a relay with short-lived credentials', async ({ server, visit }) => {
  const room = server.room('Plenum')
  const people = [await visit(), await visit()]
  for (const [at, person] of people.entries()) {
    await person.page.addInitScript(relaysOnly)
    await enter(person, room, ['Juna', 'Noor'][at])
  }
  for (const { page } of people) {
    await seesAndHears(page, 'everybody')
    assert.equal((await way(page)).kind, 'relay')
  }
})
