// Earlier states of a board, which a host can look at and bring back. Bringing one back is drawing: the differences are
// written like any other change, and are one step to undo.
import * as Y from 'yjs'
import { mapOf } from './document'
import { same } from './inverse'
import type { Change } from './ledger'

export type VersionReason = 'hourly' | 'before_clearing' | 'before_restoring' | 'by_hand'

export interface Version {
  readonly id: string
  /** Seconds since 1970. */
  readonly made_at: number
  readonly reason: VersionReason
}

export interface Versions {
  /** The newest first. */
  list(): Promise<readonly Version[]>
  make(reason: VersionReason): Promise<void>
  /** The whole document as it was, or throws `VersionDamaged`. */
  read(id: string): Promise<Y.Doc>
}

/** What was kept of a version cannot be read, now or later. */
export class VersionDamaged extends Error {}
/** The server's disk has no room for one more. */
export class DiskFull extends Error {}

/** What makes a document what it was in `then`. */
export function differences(now: Y.Doc, then: Y.Doc): Change[] {
  const changes: Change[] = []
  for (const root of new Set([...now.share.keys(), ...then.share.keys()])) {
    const [present, past] = [mapOf(now, root), mapOf(then, root)]
    for (const key of present.keys()) if (!past.has(key)) changes.push({ root, key, value: undefined })
    for (const [key, value] of past.entries()) {
      if (!same(present.get(key), value)) changes.push({ root, key, value })
    }
  }
  return changes
}

const TOO_SOON = 429
const GONE = 410
const NO_ROOM = 507

/** Those of before there were checksums come as they are. */
export function documentOf(bytes: Uint8Array): Y.Doc {
  const doc = new Y.Doc()
  try {
    Y.applyUpdate(doc, bytes)
  } catch {
    throw new VersionDamaged()
  }
  return doc
}

export class ServerVersions implements Versions {
  constructor(private readonly ticket: () => { readonly id: string; readonly ticket: string }) {}

  async list(): Promise<readonly Version[]> {
    return (await (await this.ask('')).json()) as Version[]
  }

  async make(reason: VersionReason): Promise<void> {
    const init = {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ reason }),
    }
    // One that was made within the last second is as good.
    await this.ask('', init, TOO_SOON)
  }

  async read(id: string): Promise<Y.Doc> {
    const bytes = new Uint8Array(await (await this.ask(`/${encodeURIComponent(id)}`)).arrayBuffer())
    return documentOf(bytes)
  }

  private async ask(path: string, init?: RequestInit, fine?: number): Promise<Response> {
    const { id, ticket } = this.ticket()
    const query = `ticket=${encodeURIComponent(ticket)}`
    const answer = await fetch(`/api/board/${encodeURIComponent(id)}/versions${path}?${query}`, init)
    if (answer.status === GONE) throw new VersionDamaged()
    if (answer.status === NO_ROOM) throw new DiskFull()
    if (!answer.ok && answer.status !== fine) throw new Error(String(answer.status))
    return answer
  }
}
