// The real binary in a folder of its own, with an account and rooms made by its command line.
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { request } from 'node:https'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { until } from './until.mjs'

const ROOT = resolve(import.meta.dirname, '../../..')
const BINARY =
  process.env.KEGELBAHN_BINARY ??
  join(process.env.CARGO_TARGET_DIR ?? join(ROOT, 'target'), 'release/kegelbahn')
const LOGIN = 'mara'
const PASSWORD = 'a long enough password'

/** Starts a server and makes the account of its host; `settings` are further variables. End it with `stop`. */
export async function startServer(settings = {}) {
  const data = mkdtempSync(join(tmpdir(), 'kegelbahn-browser-'))
  const [https, metrics] = await Promise.all([freePort(), freePort()])
  const origin = `https://localhost:${https}`
  const env = {
    ...process.env,
    KEGELBAHN__SERVER__LISTEN: `127.0.0.1:${https}`,
    KEGELBAHN__SERVER__PUBLIC_URL: origin,
    KEGELBAHN__SERVER__DATA_DIR: data,
    // The second one is for Firefox, which does not use 127.0.0.1.
    KEGELBAHN__MEDIA__ANNOUNCE: '127.0.0.1,10.99.0.1',
    KEGELBAHN__METRICS__LISTEN: `127.0.0.1:${metrics}`,
    ...settings,
  }
  let said = ''
  let process_ = null
  const start = async () => {
    process_ = spawn(BINARY, [], { env, cwd: data, stdio: ['ignore', 'pipe', 'pipe'] })
    for (const pipe of [process_.stdout, process_.stderr]) pipe.on('data', (bytes) => (said += bytes))
    await until('the server is ready', async () => {
      if (process_.exitCode !== null) throw new Error(`the server ended: ${said}`)
      return (await status(https, '/readyz')) === 200
    })
  }
  const end = async () => {
    const ended = new Promise((over) => process_.once('exit', over))
    if (process_.exitCode === null && process_.kill('SIGTERM')) await ended
  }
  const run = (args, input) => {
    const { status, stdout, stderr } = spawnSync(BINARY, args, { env, cwd: data, input, encoding: 'utf8' })
    if (status !== 0) throw new Error(`${args.join(' ')}: ${stderr}`)
    return stdout
  }
  const stop = async () => {
    await end()
    rmSync(data, { recursive: true, force: true })
  }
  try {
    await start()
    run(['account', 'create', LOGIN, '--password-stdin'], PASSWORD)
  } catch (error) {
    await stop()
    throw error
  }
  return {
    origin,
    login: { login: LOGIN, password: PASSWORD },
    said: () => said,
    /** A room of the host; `lobby` is open, knock or closed. */
    room: (name, lobby = 'open') =>
      JSON.parse(run(['room', 'create', '--owner', LOGIN, '--name', name, '--lobby', lobby, '--json'])),
    token: (room, right, name) =>
      JSON.parse(run(['token', 'create', '--room', room.id, '--right', right, '--name', name, '--json'])),
    /** One of the exact figures, by its name at /metrics. */
    figure: async (name) => {
      const text = await (await fetch(`http://127.0.0.1:${metrics}/metrics`)).text()
      const line = text.split('\n').find((line) => line.startsWith(`${name} `))
      if (!line) throw new Error(`there is no ${name}`)
      return Number(line.split(' ')[1])
    },
    /** Ends it and starts it again on the same data. */
    restart: async () => {
      await end()
      await start()
    },
    stop,
  }
}

// Below the ports that the system hands out to clients: none of them can have it between the asking and the start. Above
// the last one that browsers refuse (10080).
let nextPort = 11_000 + (process.pid % 500) * 40

async function freePort() {
  for (;;) {
    const port = nextPort++
    const server = createServer()
    const free = await new Promise((answer) => {
      server.once('error', () => answer(false))
      server.listen(port, '127.0.0.1', () => answer(true))
    })
    if (!free) continue
    await new Promise((closed) => server.close(closed))
    return port
  }
}

function status(port, path) {
  return new Promise((answer) => {
    const asked = request({ host: '127.0.0.1', port, path, rejectUnauthorized: false }, (response) => {
      response.resume()
      answer(response.statusCode)
    })
    asked.on('error', () => answer(null))
    asked.end()
  })
}
