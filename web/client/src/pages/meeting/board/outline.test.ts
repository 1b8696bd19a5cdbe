import { expect, test } from 'vitest'
import { currentWords } from '../../../i18n'
import { outlineOf, type Outlined } from './outline'
import { outlineWords } from './words'

const t = currentWords(outlineWords, 'en')
const one = (id: string, type: string, fields: Partial<Outlined> = {}): Outlined => ({
  id,
  type,
  x: 0,
  y: 0,
  isDeleted: false,
  ...fields,
})

test('reads from top to bottom, names shapes by their words, joins them by arrows, and counts the rest', () => {
  const lines = outlineOf(
    [
      one('t2', 'text', { text: 'below', y: 500 }),
      one('r', 'rectangle', { y: 100, x: 10 }),
      one('rt', 'text', { text: 'Sta-\nge', originalText: 'Stage', containerId: 'r' }),
      one('e', 'ellipse', { y: 102, x: 300 }),
      one('et', 'text', { text: 'Grill', containerId: 'e' }),
      one('a', 'arrow', { y: 300, startBinding: { elementId: 'r' }, endBinding: { elementId: 'e' } }),
      one('s1', 'freedraw'),
      one('s2', 'freedraw'),
      one('gone', 'text', { text: 'gone', isDeleted: true }),
    ],
    t,
  )
  expect(lines).toEqual([
    'Rectangle: Stage',
    'Ellipse: Grill',
    'Arrow from Stage to Grill',
    'below',
    'Stroke, 2 times',
  ])
})
