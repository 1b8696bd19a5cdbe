// Pictures and slides: uploaded to the room, and referred to by their id. Nothing of them enters the document.

export type UploadFault =
  | 'too_large'
  | 'type_unknown'
  | 'uploads_full'
  | 'drawing_not_allowed'
  /** The server's disk has no room. */
  | 'disk_full'
  /** Others upload so much that this has to wait. */
  | 'busy'
  /** No answer, or none that we know. */
  | 'failed'
  | 'cancelled'

export class UploadError extends Error {
  constructor(readonly fault: UploadFault) {
    super(fault)
  }
}

/** Where files go and come from; tests bring their own. */
export interface Uploads {
  /** Tells the id of the file, or throws an `UploadError`. `progress` is in parts of a hundred. */
  send(file: Blob, progress: (percent: number) => void, signal: AbortSignal): Promise<string>
  /** Where the file is, for as long as the present ticket is good. */
  address(id: string): string
}

export const PICTURE_MAX = 10_000_000
export const SLIDES_MAX = 50_000_000
export const SLIDES_COUNT_MAX = 300

const FAULTS: Readonly<Record<string, UploadFault>> = {
  file_too_large: 'too_large',
  file_type_unknown: 'type_unknown',
  file_damaged: 'type_unknown',
  picture_moves: 'type_unknown',
  too_many_pixels: 'too_large',
  uploads_full: 'uploads_full',
  drawing_not_allowed: 'drawing_not_allowed',
  too_many_uploads: 'busy',
  disk_full: 'disk_full',
}

/** The fault that an answer means. */
export function faultOf(status: number, body: string): UploadFault {
  try {
    const { code } = JSON.parse(body) as { code?: unknown }
    const known = typeof code === 'string' ? FAULTS[code] : undefined
    if (known) return known
  } catch {
    // Not ours: something between us and the server answered.
  }
  return status === 413 ? 'too_large' : status === 415 ? 'type_unknown' : 'failed'
}

/** The id that an answer tells. */
export function idOf(body: string): string | null {
  try {
    const { id } = JSON.parse(body) as { id?: unknown }
    return typeof id === 'string' && /^[A-Za-z0-9_-]{1,64}$/.test(id) ? id : null
  } catch {
    return null
  }
}

/** The server's own uploads; `XMLHttpRequest`, because `fetch` tells no progress of what is sent. */
export class ServerUploads implements Uploads {
  constructor(private readonly ticket: () => { readonly id: string; readonly ticket: string }) {}

  send(file: Blob, progress: (percent: number) => void, signal: AbortSignal): Promise<string> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(new UploadError('cancelled'))
      const request = new XMLHttpRequest()
      request.open('POST', this.path(''))
      request.setRequestHeader('content-type', file.type)
      request.upload.addEventListener('progress', ({ loaded, total }) => {
        if (total > 0) progress(Math.round((100 * loaded) / total))
      })
      request.addEventListener('load', () => {
        const id = request.status === 201 ? idOf(request.responseText) : null
        if (id !== null) resolve(id)
        else reject(new UploadError(faultOf(request.status, request.responseText)))
      })
      request.addEventListener('error', () => reject(new UploadError('failed')))
      request.addEventListener('abort', () => reject(new UploadError('cancelled')))
      signal.addEventListener('abort', () => request.abort())
      request.send(file)
    })
  }

  address(id: string): string {
    return this.path(`/${id}`)
  }

  private path(file: string): string {
    const { id, ticket } = this.ticket()
    return `/api/board/${encodeURIComponent(id)}/files${file}?ticket=${encodeURIComponent(ticket)}`
  }
}
