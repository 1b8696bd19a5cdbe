// A board as a long evening leaves it: mostly strokes, some shapes and words, side by side on a square. The same each time.

const COLOURS = ['#1e1e1e', '#e03131', '#2f9e44', '#1971c2', '#f08c00']
const CELL = 140

/** Excalidraw elements, so many. */
export function scene(count) {
  const wide = Math.ceil(Math.sqrt(count))
  return Array.from({ length: count }, (_, n) => element(n, (n % wide) * CELL, Math.floor(n / wide) * CELL))
}

/** A stroke like a hand's; `points` are many. */
export function stroke(id, x, y, points, version = 1) {
  const at = (i) => [i * 4, 30 * Math.sin(i / 3 + x)]
  return {
    ...common(id, 'freedraw', x, y, version),
    width: points * 4,
    height: 60,
    points: Array.from({ length: points }, (_, i) => at(i)),
    pressures: [],
    simulatePressure: true,
  }
}

function element(n, x, y) {
  const id = `scene-${n}`
  if (n % 10 < 6) return stroke(id, x, y, 25)
  if (n % 10 < 8) return { ...common(id, 'rectangle', x, y, 1), width: 100, height: 70 }
  if (n % 10 < 9) return { ...common(id, 'ellipse', x, y, 1), width: 90, height: 90 }
  const text = `Punkt ${n}`
  return {
    ...common(id, 'text', x, y, 1),
    width: 90,
    height: 25,
    fontSize: 20,
    fontFamily: 5,
    text,
    originalText: text,
    textAlign: 'left',
    verticalAlign: 'top',
    containerId: null,
    autoResize: true,
    lineHeight: 1.25,
  }
}

function common(id, type, x, y, version) {
  const seed = [...id].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 1_000_003, 7)
  return {
    id,
    type,
    x,
    y,
    width: 0,
    height: 0,
    angle: 0,
    strokeColor: COLOURS[seed % COLOURS.length],
    backgroundColor: 'transparent',
    fillStyle: 'solid',
    strokeWidth: 2,
    strokeStyle: 'solid',
    roughness: 1,
    opacity: 100,
    groupIds: [],
    frameId: null,
    index: null,
    roundness: null,
    seed,
    version,
    versionNonce: seed + version,
    isDeleted: false,
    boundElements: null,
    updated: 1,
    link: null,
    locked: false,
  }
}
