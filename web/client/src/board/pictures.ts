// Makes a picture fit a frame of the board's socket (1 MiB): drawn smaller until it does. Needs a browser's canvas.
import type { BoardFile } from './elements'

/** A frame also carries the message around it. */
export const MAX_CHARS = 900_000
const SIDES = [1440, 1100, 800, 560] as const

export async function fitPicture(file: BoardFile): Promise<BoardFile | null> {
  if (!file.dataURL.startsWith('data:image/')) return null
  if (file.dataURL.length <= MAX_CHARS) return file
  const image = new Image()
  image.src = file.dataURL
  await image.decode().catch(() => undefined)
  if (image.naturalWidth === 0) return null
  for (const side of SIDES) {
    const dataURL = drawn(image, side)
    if (dataURL.length <= MAX_CHARS) {
      return { ...file, mimeType: dataURL.slice(5, dataURL.indexOf(';')), dataURL }
    }
  }
  return null
}

function drawn(image: HTMLImageElement, side: number): string {
  const scale = Math.min(1, side / Math.max(image.naturalWidth, image.naturalHeight))
  const canvas = document.createElement('canvas')
  canvas.width = Math.max(1, Math.round(image.naturalWidth * scale))
  canvas.height = Math.max(1, Math.round(image.naturalHeight * scale))
  canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height)
  // A browser without WebP writes PNG here, which may be too long still; the next size is tried then.
  return canvas.toDataURL('image/webp', 0.85)
}
