// The pictures of the board, fetched by their ids when an element names one. They are handed to Excalidraw as addresses
// of what is already in memory: neither base64 nor a ticket gets into a scene. Only those that are selected have their
// data at hand, so that Excalidraw puts it into the clipboard when they are copied: an address is worth nothing elsewhere.
import type { BinaryFileData, ExcalidrawImperativeAPI } from '@excalidraw/excalidraw/types'
import type { Uploads } from '../../../board/uploads'

interface WithFile {
  readonly type: string
  readonly fileId?: string | null
  readonly isDeleted?: boolean
}

/** Bytes of pictures that have their data at hand; copies of more than that have addresses for the rest. */
const AT_HAND_MAX = 40_000_000
const AGAIN_MS = [1000, 4000, 15_000, 60_000] as const
const ID = /^[A-Za-z0-9_-]{1,64}$/

export class Gallery {
  private readonly blobs = new Map<string, Promise<Blob>>()
  private readonly shown = new Set<string>()
  private readonly addresses = new Map<string, string>()
  private atHand: ReadonlySet<string> = new Set()
  private closed = false

  constructor(
    private readonly api: ExcalidrawImperativeAPI,
    private readonly uploads: Uploads,
  ) {}

  /** Fetches what these elements name and is not here yet. */
  need(elements: readonly WithFile[]): void {
    for (const { type, fileId, isDeleted } of elements) {
      if (type !== 'image' || !fileId || isDeleted || this.shown.has(fileId) || !ID.test(fileId)) continue
      this.shown.add(fileId)
      void this.show(fileId, 0)
    }
  }

  /** A picture that this person uploaded just now. */
  add(id: string, blob: Blob): void {
    this.blobs.set(id, Promise.resolve(blob))
    this.shown.add(id)
    this.hand(id, blob)
  }

  /** These are selected, and only these: what is copied next. */
  select(ids: ReadonlySet<string>): void {
    for (const id of this.atHand) {
      const address = this.addresses.get(id)
      if (!ids.has(id) && address !== undefined) this.point(id, address)
    }
    this.atHand = ids
    void this.bring(ids)
  }

  /** Whether a picture is on this board, as far as anybody has looked here. */
  has(id: string): boolean {
    return this.blobs.has(id)
  }

  /** The bytes of a picture, for exports. */
  blob(id: string): Promise<Blob> {
    const known = this.blobs.get(id)
    if (known) return known
    const fetched = fetch(this.uploads.address(id)).then((answer) => {
      if (!answer.ok) throw new Error(String(answer.status))
      return answer.blob()
    })
    this.blobs.set(id, fetched)
    fetched.catch(() => this.blobs.delete(id))
    return fetched
  }

  close(): void {
    this.closed = true
    for (const address of this.addresses.values()) URL.revokeObjectURL(address)
  }

  private async bring(ids: ReadonlySet<string>): Promise<void> {
    let room = AT_HAND_MAX
    for (const id of ids) {
      // oxlint-disable-next-line eslint/no-await-in-loop -- one after the other: each is large
      const blob = await this.blobs.get(id)?.catch(() => null)
      if (!blob || blob.size > room) continue
      room -= blob.size
      // oxlint-disable-next-line eslint/no-await-in-loop -- as above
      const data = await dataOf(blob).catch(() => null)
      // Something else was selected meanwhile.
      if (this.atHand !== ids || this.closed) return
      if (data !== null) this.point(id, data)
    }
  }

  /** Says where Excalidraw has a picture from; it does not look at that again to draw it. */
  private point(id: string, dataURL: string): void {
    const file = this.api.getFiles()[id]
    if (file) Object.assign(file, { dataURL })
  }

  private async show(id: string, attempt: number): Promise<void> {
    try {
      const blob = await this.blob(id)
      if (!this.closed) this.hand(id, blob)
    } catch {
      const wait = AGAIN_MS[attempt]
      if (wait === undefined || this.closed) return void this.shown.delete(id)
      setTimeout(() => void this.show(id, attempt + 1), wait)
    }
  }

  private hand(id: string, blob: Blob): void {
    const dataURL = URL.createObjectURL(blob)
    this.addresses.set(id, dataURL)
    const mimeType = blob.type || 'image/png'
    this.api.addFiles([{ id, mimeType, dataURL, created: Date.now() } as unknown as BinaryFileData])
  }
}

function dataOf(blob: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader()
    reader.addEventListener('loadend', () => {
      if (typeof reader.result === 'string') resolve(reader.result)
      else reject(new Error('the picture cannot be read'))
    })
    reader.readAsDataURL(blob)
  })
}
