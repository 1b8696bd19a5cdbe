// Two browsers that may only use relays meet by Debian's coturn, which knows nothing but the secret.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { after, before } from 'node:test'
import { seesAndHears, way } from '../lib/media.mjs'
import { enter } from '../lib/people.mjs'
import { stories } from '../lib/story.mjs'
import { until } from '../lib/until.mjs'

const SECRET = 'a secret between two servers'
const RELAY = '10.99.0.1'

/** Whether it answers a STUN binding request (RFC 8489): type, length, cookie, transaction. */
function answers() {
  return new Promise((answered) => {
    const socket = createSocket('udp4')
    const over = (answer) => {
      clearTimeout(timer)
      socket.close()
      answered(answer)
    }
    const timer = setTimeout(over, 500, false)
    socket.once('message', () => over(true))
    socket.once('error', () => over(false))
    socket.send(Buffer.from('000100002112a442000102030405060708090a0b', 'hex'), 3478, RELAY)
  })
}

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
    { stdio: 'ignore' },
  )
  await until('coturn answers', answers)
})
after(async () => {
  if (!coturn || coturn.exitCode !== null) return
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
