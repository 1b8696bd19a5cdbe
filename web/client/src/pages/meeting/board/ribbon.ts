// A stroke of a pen that feels how hard it is pressed: as wide at each point as Excalidraw will draw it when it is lifted.
import type { Point } from '../../../board/strokes'

/** Excalidraw's own: perfect-freehand's size for each unit of a pen's width, and how much pressure changes it. */
const SIZE = 4.25
const THINNING = 0.6

/** Whether these points know how hard they were pressed. */
export function isPressed(points: readonly Point[]): boolean {
  return points[0]?.[2] !== undefined
}

/** Half of what a pen of this width draws at this pressure, as perfect-freehand's `getStrokeRadius` has it. */
export function radiusOf(width: number, pressure: number): number {
  return SIZE * width * Math.sin(((0.5 - THINNING * (0.5 - pressure)) * Math.PI) / 2)
}

/** What is needed of a canvas; its path is to be filled. */
export type Outline = Pick<Path2D, 'arc' | 'closePath' | 'lineTo' | 'moveTo'>

/**
 * Outlines a stroke as one path: discs at its points and what is between them, all of them turning the same way, so that
 * filled once they leave no holes, and a see-through stroke is not darker where it crosses itself.
 */
export function ribbon(path: Outline, points: readonly Point[], width: number): void {
  let before: { x: number; y: number; radius: number } | null = null
  for (const [x, y, pressure = 0.5] of points) {
    const radius = radiusOf(width, pressure)
    path.moveTo(x + radius, y)
    path.arc(x, y, radius, 0, 2 * Math.PI)
    const length = before ? Math.hypot(x - before.x, y - before.y) : 0
    if (before && length > 0) {
      const [across, down] = [-(y - before.y) / length, (x - before.x) / length]
      path.moveTo(before.x - across * before.radius, before.y - down * before.radius)
      path.lineTo(x - across * radius, y - down * radius)
      path.lineTo(x + across * radius, y + down * radius)
      path.lineTo(before.x + across * before.radius, before.y + down * before.radius)
      path.closePath()
    }
    before = { x, y, radius }
  }
}
