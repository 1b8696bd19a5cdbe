// What people type or paste at the door: a whole link, a part of one, or a room's short name.

/** Where it leads, or why it leads nowhere. */
export type TypedDoor =
  | { kind: 'door'; door: string; path: string }
  | { kind: 'empty' }
  | { kind: 'elsewhere'; host: string }
  | { kind: 'nothing' }

const LINK = /^[\w-]{22,128}$/
const SHORT_NAME = /^[a-z0-9][a-z0-9-]{1,18}[a-z0-9]$/
const PAGES = new Set(['load', 'login', 'setup', 'rooms', 'api', 'r'])

/** Reads what was typed; `ownHost` is `location.host`. */
export function readDoor(typed: string, ownHost: string): TypedDoor {
  const text = typed.trim().replace(/^[<("'„“]+|[>)"'“”.,]+$/g, '')
  if (text === '') return { kind: 'empty' }
  const url = urlOf(text, ownHost)
  if (url && url.host !== ownHost) return { kind: 'elsewhere', host: url.host }
  const path = url ? url.pathname : text.startsWith('/') ? text : `/${text}`
  const [first = '', second, ...more] = path.split('/').filter(Boolean)
  if (more.length > 0) return { kind: 'nothing' }
  if (second !== undefined) return first === 'r' && LINK.test(second) ? link(second) : { kind: 'nothing' }
  if (LINK.test(first)) return link(first)
  const name = first.toLowerCase()
  if (!SHORT_NAME.test(name) || PAGES.has(name)) return { kind: 'nothing' }
  return { kind: 'door', door: name, path: `/${name}` }
}

const link = (door: string): TypedDoor => ({ kind: 'door', door, path: `/r/${door}` })

/** A URL with or without its scheme; null for a bare word or path. */
function urlOf(text: string, ownHost: string): URL | null {
  if (/^https?:\/\//i.test(text)) return parsed(text)
  const looksLikeHost = text.startsWith(`${ownHost}/`) || /^[\w-]+(\.[\w-]+)+(:\d+)?\//.test(text)
  return looksLikeHost ? parsed(`https://${text}`) : null
}

function parsed(text: string): URL | null {
  try {
    return new URL(text)
  } catch {
    return null
  }
}
