// One figure over a day, drawn by uPlot. The canvas is for eyes; the table beside it says the same.
import { useEffect, useRef, type ReactNode } from 'react'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { useWords } from '../../i18n'
import { HALF_HOUR, heightOf, topOf, type Day, type Figure } from './model'
import { loadWords } from './words'

/** How high an axis is at least, and where it gets tight. */
const SCALES: Record<Figure, { least: number; fixed?: true; few?: true; limit?: number; unit: string }> = {
  rooms: { least: 8, few: true, unit: '' },
  people: { least: 40, few: true, unit: '' },
  traffic: { least: 40, unit: '' },
  cpu: { least: 100, fixed: true, limit: 80, unit: ' %' },
  memory: { least: 100, fixed: true, limit: 80, unit: ' %' },
}
const HEIGHT = 168

interface GraphProps {
  figure: Figure
  day: Day
  /** The half-hour under the pointer, or null. */
  onPoint: (index: number | null) => void
}

/** Reads its colours once: give it a `key` that changes with the theme. */
export function Graph({ figure, day, onPoint }: GraphProps): ReactNode {
  const t = useWords(loadWords)
  const box = useRef<HTMLDivElement>(null)

  useEffect(() => {
    const element = box.current
    if (!element) return undefined
    const plot = new uPlot(optionsOf(figure, day, element, t, onPoint), dataOf(figure, day), element)
    const resize = new ResizeObserver(([entry]) => {
      if (entry) plot.setSize({ width: Math.floor(entry.contentRect.width), height: HEIGHT })
    })
    resize.observe(element)
    return () => {
      resize.disconnect()
      plot.destroy()
    }
  }, [figure, day, t, onPoint])

  return <div className="chart" ref={box} role="img" aria-label={t.graph(t.figures[figure])} />
}

function dataOf(figure: Figure, day: Day): uPlot.AlignedData {
  const xs: number[] = []
  const ys: (number | null)[] = []
  for (const [index, start] of day.starts.entries()) {
    const height = heightOf(day.told(figure, index))
    xs.push(start)
    ys.push(height)
    // A half-hour before a gap is drawn to its end, not only as a point.
    if (height !== null && heightOf(day.told(figure, index + 1)) === null) {
      xs.push(start + HALF_HOUR - 1)
      ys.push(height)
    }
  }
  return [xs, ys]
}

type Words = ReturnType<typeof useWords<(typeof loadWords)['de']>>

function optionsOf(
  figure: Figure,
  day: Day,
  element: HTMLElement,
  t: Words,
  onPoint: GraphProps['onPoint'],
): uPlot.Options {
  const style = getComputedStyle(element)
  const colour = (token: string): string => style.getPropertyValue(token).trim()
  const font = `500 12px ${style.fontFamily}`
  const { least, fixed, few, unit } = SCALES[figure]
  const heights = day.starts.map((_, index) => heightOf(day.told(figure, index)))
  const top = fixed ? least : topOf(heights, least)
  const axis = { stroke: colour('--ink-muted'), font, ticks: { show: false }, gap: 6 }
  return {
    width: Math.max(240, element.clientWidth),
    height: HEIGHT,
    padding: [10, 8, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { show: false } },
    scales: {
      y: { range: [0, top] },
      x: { range: [day.starts[0] ?? 0, (day.starts.at(-1) ?? 0) + HALF_HOUR] },
    },
    series: [
      {},
      {
        stroke: colour('--chart'),
        fill: colour('--chart-fill'),
        width: 2,
        points: { show: false },
        spanGaps: false,
        ...(uPlot.paths.stepped && { paths: uPlot.paths.stepped({ align: 1 }) }),
      },
    ],
    axes: [
      {
        ...axis,
        grid: { show: false },
        size: 24,
        splits: hoursOf(day),
        values: (_, splits) => splits.map((at) => t.hour(String(new Date(at * 1000).getHours()))),
      },
      {
        ...axis,
        grid: { stroke: colour('--line'), width: 1 },
        size: 56,
        splits: [0, top / 2, top],
        values: (_, splits) => splits.map((at) => (at === 0 && few ? t.few : `${at}${unit}`)),
      },
    ],
    hooks: {
      draw: [(plot) => drawUntold(plot, day, colour), (plot) => drawLimit(plot, figure, t, colour, font)],
      setCursor: [(plot) => onPoint(pointed(plot, day))],
    },
  }
}

/** The half-hour under the pointer. */
function pointed(plot: uPlot, day: Day): number | null {
  const { idx } = plot.cursor
  const at = typeof idx === 'number' ? plot.data[0][idx] : undefined
  const first = day.starts[0]
  return at === undefined || first === undefined ? null : Math.floor((at - first) / HALF_HOUR)
}

/** Every fourth hour, by the clock on the wall. */
function hoursOf(day: Day): number[] {
  return day.starts.filter((start) => {
    const at = new Date(start * 1000)
    return at.getMinutes() === 0 && at.getHours() % 4 === 0
  })
}

/** Hatches what nobody may know yet. */
function drawUntold(plot: uPlot, day: Day, colour: (token: string) => string): void {
  const { ctx } = plot
  const { top, height, left, width } = plot.bbox
  const from = plot.valToPos(day.toldUntil, 'x', true)
  const to = left + width
  ctx.save()
  ctx.beginPath()
  ctx.rect(from, top, to - from, height)
  ctx.clip()
  ctx.strokeStyle = colour('--ink-muted')
  ctx.globalAlpha = 0.55
  ctx.lineWidth = devicePixelRatio
  ctx.beginPath()
  const gap = 6 * devicePixelRatio
  for (let x = from - height; x < to; x += gap) {
    ctx.moveTo(x, top + height)
    ctx.lineTo(x + height, top)
  }
  ctx.stroke()
  ctx.restore()
}

function drawLimit(
  plot: uPlot,
  figure: Figure,
  t: Words,
  colour: (token: string) => string,
  font: string,
): void {
  const { limit } = SCALES[figure]
  if (limit === undefined) return
  const { ctx } = plot
  const { left, width } = plot.bbox
  const y = plot.valToPos(limit, 'y', true)
  ctx.save()
  ctx.strokeStyle = colour('--chart-limit')
  ctx.fillStyle = colour('--chart-limit')
  ctx.lineWidth = 1.5 * devicePixelRatio
  ctx.setLineDash([5 * devicePixelRatio, 4 * devicePixelRatio])
  ctx.beginPath()
  ctx.moveTo(left, y)
  ctx.lineTo(left + width, y)
  ctx.stroke()
  ctx.font = font.replace('12px', `${12 * devicePixelRatio}px`)
  ctx.textAlign = 'left'
  ctx.textBaseline = 'bottom'
  ctx.fillText(t.tight, left + 6 * devicePixelRatio, y - 2 * devicePixelRatio)
  ctx.restore()
}
