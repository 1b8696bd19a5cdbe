// Builds a page out of Excalidraw's shapes in our colours: what templates are written with.
import { convertToExcalidrawElements } from '@excalidraw/excalidraw'
import type { ExcalidrawElement } from '@excalidraw/excalidraw/element/types'

export const INK = '#12302a'
export const SOFT = '#52675f'
export const GREEN = '#14594a'
export const LAMP = '#f2b33d'
export const WASH = {
  honey: '#fae3ad',
  pine: '#cfe4d9',
  fluff: '#f4d9e7',
  brick: '#f7d5cc',
  sky: '#d3e3f4',
  plum: '#e5d8ee',
  moss: '#dfe8bd',
  chalk: '#eef2eb',
} as const
export type Wash = keyof typeof WASH

/** Excalidraw's numbers for typefaces: a sign's lettering for headlines, an easy one for the rest. */
const SIGN = 7
const PLAIN = 6
const AIR = 6

export interface Rect {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

interface BoxOptions {
  readonly fill?: Wash
  readonly label?: string
  readonly size?: number
  readonly round?: boolean
  readonly ellipse?: boolean
  readonly stroke?: string
  readonly rough?: number
  readonly angle?: number
  readonly top?: boolean
}

type Skeleton = NonNullable<Parameters<typeof convertToExcalidrawElements>[0]>[number]

export class Sheet {
  private readonly skeletons: Skeleton[] = []
  private readonly rects = new Map<string, Rect>()
  private count = 0

  /** A headline; one a page. */
  title(x: number, y: number, text: string): this {
    return this.words(x, y, text, { size: 44, sign: true, colour: GREEN })
  }

  words(
    x: number,
    y: number,
    text: string,
    { size = 20, sign = false, colour = INK }: { size?: number; sign?: boolean; colour?: string } = {},
  ): this {
    this.skeletons.push({
      type: 'text',
      x,
      y,
      text,
      fontSize: size,
      fontFamily: sign ? SIGN : PLAIN,
      strokeColor: colour,
    })
    return this
  }

  /** A shape, with words in it if there are any; its id, for arrows. */
  box(rect: Rect, options: BoxOptions = {}): string {
    const {
      fill,
      label,
      size = 20,
      round = true,
      ellipse = false,
      stroke = INK,
      rough = 1,
      angle = 0,
      top,
    } = options
    this.count += 1
    const id = `t${this.count}`
    this.rects.set(id, rect)
    this.skeletons.push({
      type: ellipse ? 'ellipse' : 'rectangle',
      id,
      ...rect,
      strokeColor: stroke,
      strokeWidth: 1,
      roughness: rough,
      fillStyle: 'solid',
      backgroundColor: fill ? WASH[fill] : 'transparent',
      roundness: round && !ellipse ? { type: 3 } : null,
      angle,
      ...(label !== undefined && {
        label: {
          text: label,
          fontSize: size,
          fontFamily: PLAIN,
          strokeColor: INK,
          ...(top && { verticalAlign: 'top' as const }),
        },
      }),
    })
    return id
  }

  line(x: number, y: number, dx: number, dy: number, colour = SOFT, width = 1): this {
    this.skeletons.push({
      type: 'line',
      x,
      y,
      points: [
        [0, 0],
        [dx, dy],
      ] as never,
      strokeColor: colour,
      strokeWidth: width,
      roughness: 0,
    })
    return this
  }

  /** A line between two shapes that stays with them, from edge to edge. */
  join(from: string, to: string, colour: string): this {
    const [start, end] = [this.rects.get(from), this.rects.get(to)]
    if (!start || !end) return this
    const [a, b] = [edge(start, middle(end)), edge(end, middle(start))]
    this.skeletons.push({
      type: 'arrow',
      x: a.x,
      y: a.y,
      points: [
        [0, 0],
        [b.x - a.x, b.y - a.y],
      ] as never,
      start: { id: from },
      end: { id: to },
      endArrowhead: null,
      strokeColor: colour,
      strokeWidth: 2,
      roughness: 1,
    })
    return this
  }

  elements(): ExcalidrawElement[] {
    return convertToExcalidrawElements(this.skeletons, { regenerateIds: true })
  }
}

function middle({ x, y, width, height }: Rect): { x: number; y: number } {
  return { x: x + width / 2, y: y + height / 2 }
}

/** Where the line from the middle of a shape to a point leaves it, with a little air. */
function edge(rect: Rect, to: { x: number; y: number }): { x: number; y: number } {
  const from = middle(rect)
  const [dx, dy] = [to.x - from.x, to.y - from.y]
  const out = Math.min(
    (rect.width / 2 + AIR) / Math.max(1, Math.abs(dx)),
    (rect.height / 2 + AIR) / Math.max(1, Math.abs(dy)),
  )
  return { x: from.x + dx * out, y: from.y + dy * out }
}
