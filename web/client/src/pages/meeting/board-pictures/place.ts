// Puts pictures onto the board: made small, uploaded, and only then drawn, since the document must name nothing that
// is not there.
import { CaptureUpdateAction, convertToExcalidrawElements } from '@excalidraw/excalidraw'
import type { AppState } from '@excalidraw/excalidraw/types'
import { goOn, type Jobs } from '../board/jobs'
import type { Studio } from '../board/studio'
import { reencoded, type Picture } from './reencode'

/** A picture takes at most this part of what is seen. */
const PART = 0.6
const BESIDE = 24

/** Tells whether all of them are there: after one that is not, none follow. */
export async function placePictures(
  studio: Studio,
  jobs: Jobs,
  files: readonly Blob[],
  at: { x: number; y: number } | null,
): Promise<boolean> {
  const page = studio.desk.page.get()
  let shift = 0
  for (const file of files) {
    // oxlint-disable-next-line eslint/no-await-in-loop -- one after the other, in the order in which they were chosen
    const fine = await jobs.run('picture', async (progress, signal) => {
      const picture = await reencoded(file)
      const id = await studio.uploads.send(picture.blob, progress, signal)
      goOn(signal)
      studio.gallery.add(id, picture.blob)
      // Whoever looks at another page by now means this one.
      if (studio.desk.page.get() !== page) studio.desk.go(page)
      draw(studio, id, picture, at, shift)
      shift += BESIDE
    })
    if (!fine) return false
  }
  return true
}

function draw(
  { api }: Studio,
  id: string,
  picture: Picture,
  at: { x: number; y: number } | null,
  shift: number,
): void {
  const { width, height, scrollX, scrollY, zoom } = api.getAppState()
  const seen = { width: width / zoom.value, height: height / zoom.value }
  const scale = Math.min(1, (seen.width * PART) / picture.width, (seen.height * PART) / picture.height)
  const size = { width: picture.width * scale, height: picture.height * scale }
  const middle = at ?? { x: seen.width / 2 - scrollX, y: seen.height / 2 - scrollY }
  const [image] = convertToExcalidrawElements([
    {
      type: 'image',
      fileId: id as never,
      status: 'saved',
      x: middle.x - size.width / 2 + shift,
      y: middle.y - size.height / 2 + shift,
      ...size,
    },
  ])
  if (!image) return
  api.setActiveTool({ type: 'selection' })
  api.updateScene({
    elements: [...api.getSceneElementsIncludingDeleted(), image],
    appState: { selectedElementIds: { [image.id]: true } } as unknown as AppState,
    captureUpdate: CaptureUpdateAction.IMMEDIATELY,
  })
}
