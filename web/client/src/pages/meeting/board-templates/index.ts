// The templates: pages that begin with something. Each is drawn in the language of whoever chooses it.
import type { ExcalidrawElement } from '@excalidraw/excalidraw/element/types'
import type { Paper } from '../../../board/pages'
import { INK, LAMP, GREEN, Sheet, SOFT, WASH, type Wash } from './sheet'
import type { TemplateWords } from './words'

export const TEMPLATES = ['plenum', 'kanban', 'retro', 'mindmap', 'seats', 'lined', 'squared'] as const
export type Template = (typeof TEMPLATES)[number]

export interface Drawn {
  readonly paper: Paper
  readonly elements: readonly ExcalidrawElement[]
}

export function template(which: Template, t: TemplateWords): Drawn {
  switch (which) {
    case 'plenum':
      return { paper: 'blank', elements: plenum(t).elements() }
    case 'kanban':
      return { paper: 'blank', elements: kanban(t).elements() }
    case 'retro':
      return { paper: 'blank', elements: retro(t).elements() }
    case 'mindmap':
      return { paper: 'dotted', elements: mindmap(t).elements() }
    case 'seats':
      return { paper: 'blank', elements: seats(t).elements() }
    case 'lined':
    case 'squared':
      return { paper: which, elements: [] }
  }
}

function plenum(t: TemplateWords): Sheet {
  const sheet = new Sheet()
    .title(0, 0, t.plenum.title)
    .words(4, 62, t.plenum.when, { size: 18, colour: SOFT })
  const columns = [0, 52, 380, 500] as const
  t.plenum.columns.forEach((name, at) =>
    sheet.words((columns[at + 1] ?? 0) + 4, 116, name, { size: 16, colour: SOFT }),
  )
  for (let row = 0; row < 6; row += 1) {
    const y = 148 + row * 64
    sheet.box(
      { x: 0, y, width: 600, height: 56 },
      { fill: row % 2 === 0 ? 'chalk' : 'pine', stroke: WASH.pine, rough: 0 },
    )
    sheet.words(18, y + 14, String(row + 1), { size: 22, sign: true, colour: GREEN })
    sheet.line(columns[2] - 8, y + 10, 0, 36, WASH.moss).line(columns[3] - 8, y + 10, 0, 36, WASH.moss)
    if (row === 0) sheet.words(columns[1] + 4, y + 15, t.plenum.first, { size: 20 })
  }
  sheet.words(660, 16, t.plenum.talking, { size: 28, sign: true, colour: GREEN })
  sheet.words(662, 58, t.plenum.talkingHint, { size: 16, colour: SOFT })
  for (let at = 0; at < 7; at += 1) {
    const y = 92 + at * 64
    sheet.box(
      { x: 660, y, width: 48, height: 48 },
      {
        ellipse: true,
        fill: at === 0 ? 'honey' : 'chalk',
        label: String(at + 1),
        rough: 0,
        stroke: at === 0 ? LAMP : WASH.pine,
      },
    )
    sheet.box({ x: 720, y, width: 240, height: 48 }, { fill: 'chalk', stroke: WASH.pine, rough: 0 })
  }
  sheet.words(0, 560, t.plenum.decided, { size: 28, sign: true, colour: GREEN })
  sheet.box({ x: 0, y: 604, width: 460, height: 170 }, { fill: 'honey', stroke: LAMP, rough: 0 })
  sheet.words(500, 560, t.plenum.todo, { size: 28, sign: true, colour: GREEN })
  sheet.box({ x: 500, y: 604, width: 460, height: 170 }, { fill: 'sky', stroke: '#9fbfe0', rough: 0 })
  return sheet
}

function kanban(t: TemplateWords): Sheet {
  const sheet = new Sheet().title(0, 0, t.kanban.title)
  const fills: readonly Wash[] = ['brick', 'honey', 'pine']
  t.kanban.columns.forEach((name, at) => {
    const x = at * 330
    sheet.box({ x, y: 84, width: 310, height: 620 }, { fill: 'chalk', stroke: WASH.pine, rough: 0 })
    sheet.words(x + 20, 102, name, { size: 26, sign: true, colour: GREEN })
    const notes = [t.kanban.notes[at] ?? '', '']
    notes.forEach((note, row) => {
      const place = { x: x + 20, y: 156 + row * 136, width: 270, height: 116 }
      sheet.box(place, { fill: fills[at] ?? 'honey', round: false, ...(note !== '' && { label: note }) })
    })
  })
  return sheet
}

function retro(t: TemplateWords): Sheet {
  const sheet = new Sheet().title(0, 0, t.retro.title)
  const fills: readonly Wash[] = ['pine', 'brick', 'honey', 'sky']
  t.retro.parts.forEach((name, at) => {
    const [x, y] = [(at % 2) * 500, 84 + Math.floor(at / 2) * 330]
    const fill = fills[at] ?? 'chalk'
    sheet.box({ x, y, width: 480, height: 310 }, { fill, stroke: WASH[fill], rough: 0 })
    sheet.words(x + 24, y + 20, name, { size: 28, sign: true, colour: INK })
    sheet.words(x + 24, y + 60, t.retro.hints[at] ?? '', { size: 16, colour: SOFT })
  })
  return sheet
}

function mindmap(t: TemplateWords): Sheet {
  const sheet = new Sheet()
  const middle = sheet.box(
    { x: 380, y: 270, width: 240, height: 120 },
    { ellipse: true, fill: 'honey', label: t.mindmap.topic, size: 26 },
  )
  const branches: readonly (readonly [number, number, Wash, string])[] = [
    [40, 60, 'pine', '#4d8a72'],
    [400, 0, 'sky', '#2f62a6'],
    [760, 60, 'fluff', '#a63a6b'],
    [760, 500, 'plum', '#7a3e72'],
    [400, 570, 'moss', '#4d6820'],
    [40, 500, 'brick', '#b03c2c'],
  ]
  branches.forEach(([x, y, fill, colour], at) => {
    const branch = sheet.box(
      { x, y, width: 200, height: 76 },
      { fill, label: t.mindmap.branch(String(at + 1)), stroke: colour },
    )
    sheet.join(middle, branch, colour)
  })
  return sheet
}

function seats(t: TemplateWords): Sheet {
  const sheet = new Sheet().title(0, 0, t.seats.title)
  sheet.box({ x: 0, y: 84, width: 960, height: 640 }, { stroke: GREEN, rough: 0 })
  sheet.box(
    { x: 300, y: 104, width: 360, height: 36 },
    { fill: 'pine', label: t.seats.front, size: 18, rough: 0 },
  )
  sheet.box({ x: 940, y: 560, width: 40, height: 120 }, { fill: 'honey', rough: 0, round: false })
  sheet.words(870, 606, t.seats.door, { size: 16, colour: SOFT })
  for (let row = 0; row < 2; row += 1) {
    for (let column = 0; column < 3; column += 1) {
      const [x, y] = [90 + column * 280, 240 + row * 240]
      const number = row * 3 + column + 1
      for (let chair = 0; chair < 3; chair += 1) {
        const seat = { x: x + 16 + chair * 58, width: 44, height: 44 }
        sheet.box({ ...seat, y: y - 54 }, { ellipse: true, fill: 'sky', rough: 0 })
        sheet.box({ ...seat, y: y + 90 }, { ellipse: true, fill: 'sky', rough: 0 })
      }
      sheet.box(
        { x, y, width: 192, height: 80 },
        { fill: 'honey', label: t.seats.table(String(number)), rough: 0 },
      )
    }
  }
  return sheet
}
