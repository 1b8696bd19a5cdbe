import type { ExcalidrawElement } from '@excalidraw/excalidraw/element/types'
import type { BinaryFiles } from '@excalidraw/excalidraw/types'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Jobs } from '../board/jobs'
import type { Studio } from '../board/studio'
import { pasted } from './foreign'

vi.mock('./reencode', () => ({
  reencoded: (blob: Blob) => Promise.resolve({ blob, width: 1, height: 1 }),
  reencodedFrom: (address: string) =>
    address.endsWith('/open')
      ? Promise.resolve({ blob: new Blob(['seen']), width: 1, height: 1 })
      : Promise.reject(new Error('its window is closed')),
}))

let sent: string[]
let studio: Studio

beforeEach(() => {
  vi.stubGlobal('window', { location: { origin: 'https://tafel.example' } })
  sent = []
  studio = {
    jobs: new Jobs(),
    gallery: { has: (id: string) => id === 'here', add: () => undefined },
    uploads: {
      send: async (blob: Blob) => {
        sent.push(await blob.text())
        return `up${sent.length}`
      },
    },
  } as unknown as Studio
})
afterEach(() => vi.unstubAllGlobals())

const image = (fileId: string) =>
  ({ id: fileId, type: 'image', fileId, isDeleted: false, link: null }) as unknown as ExcalidrawElement
const shape = { id: 'shape', type: 'rectangle', isDeleted: false, link: null } as unknown as ExcalidrawElement

/** Pastes pictures with these addresses, and a shape; the files of what is drawn. */
async function pastes(addresses: Readonly<Record<string, string>>): Promise<unknown[]> {
  const files = Object.fromEntries(
    Object.entries(addresses).map(([id, dataURL]) => [id, { id, dataURL, mimeType: 'image/png' }]),
  ) as unknown as BinaryFiles
  const data = { elements: [shape, ...Object.keys(addresses).map(image)], files }
  expect(await pasted(studio, data)).toBe(true)
  expect(data.files).toBeUndefined()
  return data.elements.map((one) => (one.type === 'image' ? one.fileId : one.id))
}

test('pictures of another room are uploaded to this one, and stay what they are where they belong', async () => {
  const drawn = await pastes({
    data: 'data:image/png;base64,aGVsbG8=',
    here: 'blob:https://tafel.example/1',
    window: 'blob:https://tafel.example/open',
  })
  expect(drawn).toEqual(['shape', 'up1', 'here', 'up2'])
  expect(sent).toEqual(['hello', 'seen'])
  expect(studio.jobs.state.get()).toBeNull()
})

test('what cannot be had is left out, and that is said', async () => {
  const drawn = await pastes({
    closed: 'blob:https://tafel.example/closed',
    foreign: 'blob:https://elsewhere.example/open',
    address: 'https://elsewhere.example/picture.png',
  })
  expect(drawn).toEqual(['shape'])
  expect(sent).toEqual([])
  expect(studio.jobs.state.get()).toEqual({ kind: 'import', fault: 'pictures_left_out' })
})
