// Everything this person writes on the board goes through here: onto the document, into their own undo history, and
// into the journal of what the server may not have yet. The history is ours and not Excalidraw's because it has to
// outlive a change of page and a document that is opened anew; it takes back only what this person did, property by
// property, so that what others did to the same shape meanwhile stays.
import * as Y from 'yjs'
import { Store } from '../call/store'
import { mapOf } from './document'
import { inverse, same } from './inverse'

/** Sets a key of a root, or takes it away (`undefined`). Values are plain JSON and are never changed afterwards. */
export interface Change {
  readonly root: string
  readonly key: string
  readonly value: unknown
}

interface Edit {
  readonly root: string
  readonly key: string
  readonly before: unknown
  readonly after: unknown
}

/** What was written, by root and key. */
type Step = Map<string, Edit>

export interface Steps {
  readonly undo: boolean
  readonly redo: boolean
}

/** A step that goes on while others are done beside it, such as slides that come one after the other. */
export interface LongStep {
  /** Writes more of it; false when it is over, and nothing was written. */
  write(changes: readonly Change[]): boolean
  /** It is complete: one step like any other from now on. */
  end(): void
  /** Takes back what was written of it, and writes what `also` tells; there is nothing to do again. */
  takeBack(also: () => readonly Change[]): void
}

/** Why a long step is over before its end: this person took it back, or the server did not take what was written. */
export type Cut = 'undone' | 'refused'

/** Steps that are remembered; the oldest goes first. */
export const STEPS_MAX = 200
/** Frames are limited to 1 MiB; JSON is longer than what Yjs makes of it. */
const BATCH_CHARS = 400_000

export class Ledger {
  readonly steps = new Store<Steps>({ undo: false, redo: false })
  /** Something that was written may not be with the server yet. */
  readonly unsaved = new Store(false)
  private done: Step[] = []
  private undone: Step[] = []
  private open: Step | null = null
  private readonly growing = new Map<Step, (cut: Cut) => void>()
  /** What was written and is not known to be with the server: by root and key, the clock that it has there. */
  private readonly journal = new Map<string, { change: Change; clock: number }>()

  constructor(
    private doc: Y.Doc,
    private readonly random: () => number = Math.random,
  ) {}

  read(root: string, key: string): unknown {
    return mapOf(this.doc, root).get(key)
  }

  /** Writes as part of the step that is open; `seal` ends it. `origin` is who need not hear of it. */
  write(changes: readonly Change[], origin: unknown): void {
    const real = changes.filter(
      ({ root, key, value }) => value !== undefined || mapOf(this.doc, root).has(key),
    )
    if (real.length === 0) return
    this.open ??= new Map()
    this.note(this.open, real)
    this.undone = []
    this.commit(real, origin)
    this.tell()
  }

  /** Writes what nobody did by hand: it is no step, and belongs to the one that is open only where that has it already. */
  amend(changes: readonly Change[], origin: unknown): void {
    for (const { root, key, value } of changes) {
      const at = `${root}\n${key}`
      const edit = this.open?.get(at)
      if (edit) this.open?.set(at, { ...edit, after: value })
    }
    this.commit(changes, origin)
  }

  /** One step of its own. */
  step(changes: readonly Change[], origin: unknown = this): void {
    this.seal()
    this.write(changes, origin)
    this.seal()
  }

  /**
   * Begins a long step. In the history it stands where its first change was made: what is drawn meanwhile is a step of its
   * own, which comes after it and is taken back before it, and a gesture that is unfinished stays whole. Taken back before
   * its end it is over, and cannot be done again: half of it would come back.
   */
  begin(cut: (why: Cut) => void): LongStep {
    const step: Step = new Map()
    this.growing.set(step, cut)
    return {
      write: (changes) => {
        if (!this.growing.has(step)) return false
        if (step.size === 0 && changes.length > 0) {
          this.remember(step)
          this.undone = []
        }
        this.note(step, changes)
        this.commit(changes, this)
        this.tell()
        return true
      },
      end: () => void this.growing.delete(step),
      takeBack: (also) => {
        this.growing.delete(step)
        this.done = this.done.filter((one) => one !== step)
        const { changes } = this.back(step)
        this.commit([...also(), ...changes], this)
        this.tell()
      },
    }
  }

  /** What comes next is another step. */
  seal(): void {
    if (!this.open) return
    const real = [...this.open].filter(([, { before, after }]) => !same(before, after))
    if (real.length > 0) this.remember(new Map(real))
    this.open = null
    this.tell()
  }

  /** Takes the last step back. Tells which roots it touched. */
  undo(): ReadonlySet<string> {
    this.seal()
    return this.travel(this.done, this.undone)
  }

  redo(): ReadonlySet<string> {
    this.seal()
    return this.travel(this.undone, this.done)
  }

  /** The server has everything of ours below this clock. */
  saved(clock: number): void {
    for (const [at, entry] of this.journal) if (entry.clock <= clock) this.journal.delete(at)
    this.unsaved.set(this.journal.size > 0)
  }

  /** Our clock in the document: everything written so far lies below it. */
  get clock(): number {
    return Y.getState(this.doc.store, this.doc.clientID)
  }

  /** Goes on with another document, and brings along what the server may not have. */
  adopt(doc: Y.Doc): void {
    if (doc === this.doc) return
    this.doc = doc
    const left = [...this.journal.values()].map(({ change }) => change)
    this.journal.clear()
    this.commit(
      left.filter(({ root, key, value }) => !same(mapOf(doc, root).get(key), value)),
      this,
    )
  }

  /** Forgets what was written: it was refused, or it is gone for everybody. */
  forget(): void {
    this.journal.clear()
    this.unsaved.set(false)
    this.done = []
    this.undone = []
    this.open = null
    this.tell()
    for (const cut of this.growing.values()) cut('refused')
  }

  private travel(from: Step[], to: Step[]): ReadonlySet<string> {
    const step = from.pop()
    if (!step) return new Set()
    const cut = this.growing.get(step)
    this.growing.delete(step)
    const { changes, step: back } = this.back(step)
    if (!cut) to.push(back)
    this.commit(changes, this)
    this.tell()
    cut?.('undone')
    return new Set([...step.values()].map(({ root }) => root))
  }

  /** What takes a step back, and that as a step. */
  private back(step: Step): { changes: readonly Change[]; step: Step } {
    const back: Step = new Map()
    const changes: Change[] = []
    for (const [at, { root, key, before, after }] of step) {
      const now = mapOf(this.doc, root).get(key)
      const value = inverse(now, after, before, this.random)
      back.set(at, { root, key, before: now, after: value })
      if (!same(now, value)) changes.push({ root, key, value })
    }
    return { changes, step: back }
  }

  private remember(step: Step): void {
    this.done.push(step)
    if (this.done.length > STEPS_MAX) this.done.shift()
  }

  /** Notes in a step what is about to be written. */
  private note(step: Step, changes: readonly Change[]): void {
    for (const { root, key, value } of changes) {
      const at = `${root}\n${key}`
      const before = step.has(at) ? step.get(at)?.before : mapOf(this.doc, root).get(key)
      step.set(at, { root, key, before, after: value })
    }
  }

  private commit(changes: readonly Change[], origin: unknown): void {
    for (const batch of batches(changes)) {
      this.doc.transact(() => {
        for (const { root, key, value } of batch) {
          const map = mapOf(this.doc, root)
          if (value === undefined) map.delete(key)
          else map.set(key, value)
        }
      }, origin)
      const { clock } = this
      for (const change of batch) this.journal.set(`${change.root}\n${change.key}`, { change, clock })
    }
    this.unsaved.set(this.journal.size > 0)
  }

  private tell(): void {
    const undo = this.done.length > 0 || (this.open !== null && this.open.size > 0)
    const redo = this.undone.length > 0
    const { undo: was, redo: wasRedo } = this.steps.get()
    if (undo !== was || redo !== wasRedo) this.steps.set({ undo, redo })
  }
}

/** Splits what is to be written so that no transaction outgrows a frame. */
export function batches(changes: readonly Change[], limit = BATCH_CHARS): Change[][] {
  const all: Change[][] = []
  let size = Infinity
  for (const change of changes) {
    const length = change.value === undefined ? 64 : JSON.stringify(change.value).length
    if (size + length > limit) {
      all.push([])
      size = 0
    }
    all.at(-1)?.push(change)
    size += length
  }
  return all
}
