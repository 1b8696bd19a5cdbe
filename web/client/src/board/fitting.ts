// What the server takes of an element (web/PROTOCOL.md, section 4): whatever somebody pastes, their socket must not be
// closed for it. Pure.
import type { Element } from './elements'

export const TEXT_MAX = 10_000
export const POINTS_MAX = 10_000
export const REACH = 1e7

/** A copy that fits, which nobody changes afterwards; null for what cannot be on a board. */
export function fitting(element: Element): Element | null {
  const copy = structuredClone(element) as unknown as Record<string, unknown>
  for (const key of Object.keys(copy)) if (copy[key] === undefined) delete copy[key]
  for (const key of ['x', 'y', 'width', 'height']) {
    const value = copy[key]
    if (value !== undefined && !near(value)) return null
  }
  const { points } = copy
  if (Array.isArray(points) && !points.flat().every(near)) return null
  for (const key of ['text', 'originalText']) {
    const value = copy[key]
    if (typeof value === 'string' && value.length > TEXT_MAX) copy[key] = value.slice(0, TEXT_MAX)
  }
  for (const key of ['points', 'pressures']) {
    const value = copy[key]
    if (Array.isArray(value) && value.length > POINTS_MAX) copy[key] = value.slice(0, POINTS_MAX)
  }
  const { link } = copy
  if (typeof link === 'string' && !link.startsWith('https://')) copy['link'] = null
  return copy as unknown as Element
}

function near(value: unknown): boolean {
  return typeof value === 'number' && Math.abs(value) <= REACH
}
