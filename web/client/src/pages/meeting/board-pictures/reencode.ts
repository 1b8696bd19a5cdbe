// Pictures are drawn anew before they leave this device: what cameras write into them (place, time, device) stays here,
// and whatever they were before, they are one of three kinds afterwards.
import { PICTURE_MAX, UploadError } from '../../../board/uploads'

export interface Picture {
  readonly blob: Blob
  readonly width: number
  readonly height: number
}

/** The longest side, in pixels: sharp on any screen, and small enough for a phone's memory. */
const SIDES = [3072, 2048, 1280] as const
const QUALITY = 0.88

export async function reencoded(file: Blob): Promise<Picture> {
  const image = await decoded(file)
  try {
    return await fitted(image, file.type)
  } finally {
    if (image instanceof ImageBitmap) image.close()
    else URL.revokeObjectURL(image.src)
  }
}

/** The same of what an address shows. */
export async function reencodedFrom(address: string, type: string): Promise<Picture> {
  const image = new Image()
  image.src = address
  await image.decode()
  return fitted(image, type)
}

async function fitted(image: ImageBitmap | HTMLImageElement, type: string): Promise<Picture> {
  for (const side of SIDES) {
    // oxlint-disable-next-line eslint/no-await-in-loop -- the next size only if this one is too large
    const picture = await drawn(image, type, side)
    if (picture && picture.blob.size <= PICTURE_MAX) return picture
  }
  throw new UploadError('too_large')
}

async function decoded(file: Blob): Promise<ImageBitmap | HTMLImageElement> {
  if (file.type !== 'image/svg+xml') {
    return createImageBitmap(file, { imageOrientation: 'from-image' }).catch(() => {
      throw new UploadError('type_unknown')
    })
  }
  const image = new Image()
  image.src = URL.createObjectURL(file)
  await image.decode().catch(() => {
    throw new UploadError('type_unknown')
  })
  return image
}

async function drawn(
  image: ImageBitmap | HTMLImageElement,
  type: string,
  side: number,
): Promise<Picture | null> {
  const [w, h] =
    image instanceof ImageBitmap ? [image.width, image.height] : [image.naturalWidth, image.naturalHeight]
  if (w === 0 || h === 0) throw new UploadError('type_unknown')
  const scale = Math.min(1, side / Math.max(w, h))
  const canvas = document.createElement('canvas')
  canvas.width = Math.max(1, Math.round(w * scale))
  canvas.height = Math.max(1, Math.round(h * scale))
  canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height)
  // Photos have no transparency to lose; screenshots and drawings keep theirs, and their sharp edges.
  const kind = type === 'image/jpeg' ? 'image/jpeg' : 'image/webp'
  const blob = await new Promise<Blob | null>((then) => canvas.toBlob(then, kind, QUALITY))
  const { width, height } = canvas
  return blob ? { blob, width, height } : null
}
