// What the settings page works out by itself: what would undo a change, and which short name fits a room's name.
import type { Room, RoomChanges } from '../../api'

/** The change that takes `changes` back, given the room as it was before. */
export function undoOf(before: Room, changes: RoomChanges): RoomChanges {
  const undo: RoomChanges = {}
  if (changes.name !== undefined) undo.name = before.name
  if (changes.colour !== undefined) undo.colour = before.colour
  if (changes.emoji !== undefined) undo.emoji = before.emoji
  if (changes.short_name !== undefined) undo.short_name = before.short_name
  if (changes.lobby !== undefined) undo.lobby = before.lobby
  if (changes.drawing !== undefined) undo.drawing = before.drawing
  if (changes.cursors !== undefined) undo.cursors = before.cursors
  if (changes.keeping !== undefined) undo.keeping = before.keeping
  return undo
}

/** Whether a text can be a short name: 3 to 20 characters of `a-z0-9-`. */
export function isShortName(text: string): boolean {
  return /^[a-z0-9](?:[a-z0-9-]{1,18})[a-z0-9]$/.test(text)
}

/** A short name as near to a room's name as the rules allow; empty when nothing is left of it. */
export function shortNameFrom(name: string): string {
  const plain = name
    .toLowerCase()
    .replaceAll('ä', 'ae')
    .replaceAll('ö', 'oe')
    .replaceAll('ü', 'ue')
    .replaceAll('ß', 'ss')
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
  const short = plain
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 21)
    .replace(/^-+/, '')
    .slice(0, 20)
    .replace(/-+$/, '')
  return short.length >= 3 ? short : ''
}
