// Elements that come from elsewhere, out of a file or by the clipboard of another board: their pictures are uploaded like
// any other, and what no board takes stays behind.
import type { ExcalidrawElement } from '@excalidraw/excalidraw/element/types'
import type { BinaryFileData, BinaryFiles, ExcalidrawProps } from '@excalidraw/excalidraw/types'
import { goOn } from '../board/jobs'
import type { Studio } from '../board/studio'
import { reencoded, reencodedFrom, type Picture } from './reencode'

type Pasted = Parameters<NonNullable<ExcalidrawProps['onPaste']>>[0]

/** What may be drawn, and whether pictures are missing in it. */
interface Settled {
  readonly fit: ExcalidrawElement[]
  readonly missing: boolean
}

/** Uploads the pictures of these elements; the elements as they may be drawn afterwards. */
export async function settled(
  studio: Studio,
  elements: readonly ExcalidrawElement[],
  files: BinaryFiles,
  progress: (percent: number) => void,
  signal: AbortSignal,
): Promise<Settled> {
  const pictures = new Set(elements.flatMap(pictureOf))
  const ids = new Map<string, string>()
  for (const id of pictures) {
    // What is on this board already is where it belongs.
    if (studio.gallery.has(id)) {
      ids.set(id, id)
      continue
    }
    // oxlint-disable-next-line eslint/no-await-in-loop -- uploads go one after the other
    const picture = await pictureFrom(files[id])
    if (picture) {
      // oxlint-disable-next-line eslint/no-await-in-loop -- as above
      const uploaded = await studio.uploads.send(picture.blob, progress, signal)
      studio.gallery.add(uploaded, picture.blob)
      ids.set(id, uploaded)
    }
  }
  goOn(signal)
  return { fit: elements.flatMap((element) => fitting(element, ids)), missing: ids.size < pictures.size }
}

/** The picture out of somebody else's file; null when its data is nowhere to be had. */
async function pictureFrom(file: BinaryFileData | undefined): Promise<Picture | null> {
  const { dataURL = '', mimeType = '' } = file ?? {}
  if (dataURL.startsWith('data:')) return reencoded(blobFrom(dataURL))
  // An address in another window of ours, as long as that is open; others have nothing for us.
  if (!dataURL.startsWith(`blob:${window.location.origin}/`)) return null
  return reencodedFrom(dataURL, mimeType).catch(() => null)
}

/** Before Excalidraw draws what was pasted: it would put pictures where nobody else finds them. False: it is not drawn. */
export function pasted(studio: Studio, data: Pasted): Promise<boolean> | boolean {
  const { elements, files = {} } = data
  if (!elements) return true
  if (!elements.some((element) => pictureOf(element).length > 0)) {
    Object.assign(data, { elements: elements.flatMap((element) => fitting(element, new Map())) })
    return true
  }
  return studio.jobs.run('import', async (progress, signal) => {
    const { fit, missing } = await settled(studio, elements, files, progress, signal)
    Object.assign(data, { elements: fit, files: undefined })
    return missing ? 'pictures_left_out' : undefined
  })
}

/** What the server takes of somebody else's file. */
function fitting(element: ExcalidrawElement, ids: ReadonlyMap<string, string>): ExcalidrawElement[] {
  const { type, isDeleted, link } = element
  if (isDeleted || type === 'iframe' || type === 'embeddable' || type === 'magicframe') return []
  const safe = link?.startsWith('https://') ? link : null
  if (element.type !== 'image') return [{ ...element, link: safe }]
  const fileId = element.fileId ? ids.get(element.fileId) : undefined
  return fileId === undefined ? [] : [{ ...element, link: safe, fileId: fileId as never, status: 'saved' }]
}

function pictureOf(element: ExcalidrawElement): string[] {
  return element.type === 'image' && element.fileId && !element.isDeleted ? [element.fileId] : []
}

/** Not by `fetch`: our pages allow no addresses with data in them there. */
function blobFrom(dataUrl: string): Blob {
  const [head = '', body = ''] = dataUrl.split(',', 2)
  const type = /^data:([\w/+.-]+)/.exec(head)?.[1] ?? ''
  const text = head.endsWith(';base64') ? atob(body) : decodeURIComponent(body)
  return new Blob([Uint8Array.from(text, (character) => character.charCodeAt(0))], { type })
}
