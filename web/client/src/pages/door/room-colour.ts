import type { CSSProperties } from 'react'

const COLOURS = new Set(['honey', 'pine', 'fluff', 'brick', 'sky', 'plum', 'moss', 'chalk'])

/** The wash of a room; a colour that this client does not know is chalk. */
export function roomWash(colour: string): CSSProperties {
  return {
    background: `var(--room-${COLOURS.has(colour) ? colour : 'chalk'})`,
    color: 'var(--on-room)',
  }
}
