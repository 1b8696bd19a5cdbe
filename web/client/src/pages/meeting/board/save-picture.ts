import { exportToBlob } from '@excalidraw/excalidraw'
import type { ExcalidrawImperativeAPI } from '@excalidraw/excalidraw/types'

export async function savePicture(api: ExcalidrawImperativeAPI, name: string): Promise<void> {
  const blob = await exportToBlob({
    elements: api.getSceneElements(),
    files: api.getFiles(),
    appState: { exportBackground: true, viewBackgroundColor: '#ffffff' },
    mimeType: 'image/png',
    exportPadding: 24,
  })
  saveFile(blob, `${name}.png`)
}

/** Hands a file to the browser's downloads. */
export function saveFile(blob: Blob, name: string): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(blob)
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
}
