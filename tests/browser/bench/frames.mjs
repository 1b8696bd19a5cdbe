// What a page's frames cost while something goes on in it.

const STEPS = 120

/** The main thread's work and the time between frames while `act` goes on, both in ms a frame. */
async function frames(page, act) {
  const session = await page.context().newCDPSession(page)
  await session.send('Performance.enable', { timeDomain: 'threadTicks' })
  const work = async () => {
    const { metrics } = await session.send('Performance.getMetrics')
    return metrics.find(({ name }) => name === 'TaskDuration').value * 1000
  }
  await page.evaluate(() => {
    window.frameTimes = []
    const tick = (at) => {
      window.frameTimes?.push(at)
      if (window.frameTimes) requestAnimationFrame(tick)
    }
    requestAnimationFrame(tick)
  })
  const before = await work()
  await act()
  const spent = (await work()) - before
  const times = await page.evaluate(() => {
    const times = window.frameTimes
    window.frameTimes = null
    return times
  })
  await session.detach()
  const gaps = times.slice(1).map((at, i) => at - times[i])
  return { work: spent / times.length, gap: median(gaps), slow: quantile(gaps, 0.95) }
}

const quantile = (values, share) => values.toSorted((a, b) => a - b)[Math.floor(values.length * share)]
export const median = (values) => quantile(values, 0.5)

/** One wheel step or mouse move per frame. */
async function steps(page, each) {
  for (let i = 0; i < STEPS; i += 1) {
    await each(i)
    await page.evaluate(() => new Promise((next) => requestAnimationFrame(next)))
  }
}

/** Panning and drawing on a page's board. */
export async function measure(page) {
  const box = await page.locator('canvas.interactive').boundingBox()
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2]
  await page.mouse.move(x, y)
  await page.mouse.click(x, y)
  await page.keyboard.press('Control+0')
  const pan = await frames(page, () => steps(page, (i) => page.mouse.wheel(i % 2 ? 30 : 10, 20)))
  await page.keyboard.press('p')
  await page.mouse.move(x - 200, y)
  await page.mouse.down()
  const draw = await frames(page, () =>
    steps(page, (i) => page.mouse.move(x - 200 + 3 * i, y + 60 * Math.sin(i / 9))),
  )
  await page.mouse.up()
  await page.keyboard.press('v')
  return { pan, draw }
}
