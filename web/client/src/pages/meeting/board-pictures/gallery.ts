// The pictures of the board, fetched by their ids when an element names one. They are handed to Excalidraw as addresses
// of what is already in memory: neither base64 nor a ticket gets into a scene.
import type { BinaryFileData, ExcalidrawImperativeAPI } from '@excalidraw/excalidraw/types'
import type { Uploads } from '../../../board/uploads'

interface WithFile {
  readonly type: string
  readonly fileId?: string | null
  readonly isDeleted?: boolean
}

const AGAIN_MS = [1000, 4000, 15_000, 60_000] as const
const ID = /^[A-Za-z0-9_-]{1,64}$/

export class Gallery {
  private readonly blobs = new Map<string, Promise<Blob>>()
  private readonly shown = new Set<string>()
  private readonly addresses: string[] = []
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
    for (const address of this.addresses) URL.revokeObjectURL(address)
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
    this.addresses.push(dataURL)
    const mimeType = blob.type || 'image/png'
    this.api.addFiles([{ id, mimeType, dataURL, created: Date.now() } as unknown as BinaryFileData])
  }
}
