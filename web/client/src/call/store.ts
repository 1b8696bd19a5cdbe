// One value that changes and tells who listens: what React's `useSyncExternalStore` wants, without React.

export class Store<T> {
  private readonly listeners = new Set<() => void>()

  constructor(private value: T) {}

  readonly get = (): T => this.value

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  /** Tells nobody when nothing changed. */
  set(value: T): void {
    if (Object.is(value, this.value)) return
    this.value = value
    for (const listener of this.listeners) listener()
  }

  /** Changes some fields of an object. */
  patch(fields: Partial<T>): void {
    this.set({ ...this.value, ...fields })
  }
}
