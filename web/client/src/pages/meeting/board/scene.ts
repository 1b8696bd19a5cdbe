// Excalidraw as the binding's `Scene`. Work per change stays small: what did not change keeps its identity, so that
// Excalidraw draws it from its cache, and nothing is reconciled that the document has already decided.
import { CaptureUpdateAction, restoreElements } from '@excalidraw/excalidraw'
import type { ExcalidrawElement } from '@excalidraw/excalidraw/element/types'
import type { AppState, ExcalidrawImperativeAPI } from '@excalidraw/excalidraw/types'
import type { Mended, Scene, SceneChange } from '../../../board/binding'
import { inOrder, type Element, type LiveStroke } from '../../../board/elements'
import { tail } from '../../../board/strokes'

/** Where somebody looks at a page. */
type Place = Pick<AppState, 'scrollX' | 'scrollY' | 'zoom'>

export class ExcalidrawScene implements Scene {
  private page: string | null = null
  private readonly places = new Map<string, Place>()
  /** A page is shown for the first time: somebody decides what of it is seen. */
  onFirst: (page: string) => void = () => undefined
  /** Elements came, changed or went by others. */
  onMerged: (elements: readonly ExcalidrawElement[]) => void = () => undefined

  constructor(private readonly api: ExcalidrawImperativeAPI) {}

  show(page: string, elements: readonly Element[]): readonly Mended[] {
    if (page === this.page) return this.adjust(elements)
    const { scrollX, scrollY, zoom } = this.api.getAppState()
    if (this.page !== null) this.places.set(this.page, { scrollX, scrollY, zoom })
    this.page = page
    const place = this.places.get(page)
    const nonces: Nonces = new Map()
    const made = inOrder(elements.flatMap((element) => restored(element, nonces)))
    const mended = mending(made, nonces, () =>
      this.api.updateScene({
        elements: made,
        appState: {
          ...place,
          selectedElementIds: {},
          selectedGroupIds: {},
          editingGroupId: null,
          newElement: null,
          multiElement: null,
          editingTextElement: null,
          selectedLinearElement: null,
          editingLinearElement: null,
        } as unknown as AppState,
        captureUpdate: CaptureUpdateAction.NEVER,
      }),
    )
    this.api.history.clear()
    this.onMerged(elements as readonly unknown[] as readonly ExcalidrawElement[])
    if (!place) this.onFirst(page)
    return mended
  }

  merge(remote: readonly Element[], gone: readonly string[]): readonly Mended[] {
    const busy = underHand(this.api.getAppState())
    const nonces: Nonces = new Map()
    const fresh = new Map<string, ExcalidrawElement>()
    for (const element of remote) {
      // What is under this person's hand stays: it is written when they let go, and counts as the later change.
      const [made] = busy.has(element.id) ? [] : restored(element, nonces)
      if (made) fresh.set(made.id, made)
    }
    const away = new Set(gone.filter((id) => !busy.has(id)))
    const next: ExcalidrawElement[] = []
    for (const element of this.api.getSceneElementsIncludingDeleted()) {
      if (away.has(element.id) || (element.isDeleted && !fresh.has(element.id))) continue
      next.push(fresh.get(element.id) ?? element)
      fresh.delete(element.id)
    }
    next.push(...fresh.values())
    const mended = this.set(next, nonces)
    this.onMerged(remote as readonly unknown[] as readonly ExcalidrawElement[])
    return mended
  }

  /** The same page out of another document: only what differs changes. */
  private adjust(elements: readonly Element[]): readonly Mended[] {
    const busy = underHand(this.api.getAppState())
    const local = new Map(this.api.getSceneElementsIncludingDeleted().map((element) => [element.id, element]))
    const nonces: Nonces = new Map()
    const next = elements.flatMap((element) => {
      const known = local.get(element.id)
      return known && (known.versionNonce === element.versionNonce || busy.has(known.id))
        ? known
        : restored(element, nonces)
    })
    const here = new Set(next.map(({ id }) => id))
    for (const id of busy) {
      const held = local.get(id)
      if (held && !here.has(id)) next.push(held)
    }
    const mended = this.set(next, nonces)
    this.onMerged(next)
    return mended
  }

  private set(elements: ExcalidrawElement[], nonces: Nonces): readonly Mended[] {
    const made = inOrder(elements)
    // The undo history is ours: Excalidraw's need not learn of it.
    const captureUpdate = CaptureUpdateAction.EVENTUALLY
    return mending(made, nonces, () => this.api.updateScene({ elements: made, captureUpdate }))
  }
}

/** What the document says is the `versionNonce` of elements that came from it. */
type Nonces = Map<ExcalidrawElement, number>

/**
 * What Excalidraw changes of these by itself: where elements share a place or have none, as those of clients that know
 * none, it gives them one, some when it reads them and some when it takes them. `nonces` are of before it read them.
 */
function mending(
  elements: readonly ExcalidrawElement[],
  nonces: Nonces,
  take: () => void,
): readonly Mended[] {
  const before = elements.map((element) => nonces.get(element) ?? element.versionNonce)
  take()
  return elements.flatMap((element, at) => {
    const was = before[at]
    return was === undefined || element.versionNonce === was ? [] : { element, was }
  })
}

/** One by one: as a list, Excalidraw would give new places to those that do not stand in order. */
function restored(element: Element, nonces: Nonces): ExcalidrawElement[] {
  try {
    const made = restoreElements([element as unknown as ExcalidrawElement], null)
    for (const one of made) nonces.set(one, element.versionNonce)
    return made
  } catch {
    // What somebody else wrote and Excalidraw cannot read is not shown.
    return []
  }
}

function underHand(state: AppState): ReadonlySet<string> {
  const { editingTextElement, resizingElement, newElement, multiElement } = state
  const held = [editingTextElement, resizingElement, newElement, multiElement]
  return new Set(held.flatMap((element) => element?.id ?? []))
}

type Gesture = Pick<AppState, 'newElement' | 'cursorButton' | 'multiElement' | 'editingTextElement'>

/** What the binding needs of an `onChange`. */
export function changeOf(elements: readonly ExcalidrawElement[], state: Gesture): SceneChange {
  const { cursorButton, multiElement, editingTextElement } = state
  return {
    elements,
    stroke: strokeUnderPen(state),
    busy: cursorButton === 'down' || multiElement !== null || editingTextElement !== null,
  }
}

function strokeUnderPen({ newElement, cursorButton }: Gesture): LiveStroke | null {
  if (newElement?.type !== 'freedraw' || newElement.isDeleted || cursorButton === 'up') return null
  const { id, strokeColor, strokeWidth, opacity, x, y, points, pressures } = newElement
  return tail({ id, colour: strokeColor, width: strokeWidth, opacity }, x, y, points, pressures)
}
