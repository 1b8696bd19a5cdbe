// What takes a moment and is told while it lasts: a picture or slides on their way, an export. One at a time is shown;
// the next waits for it.
import { Store } from '../../../call/store'
import { UploadError, type UploadFault } from '../../../board/uploads'

export type JobKind = 'picture' | 'slides' | 'export' | 'import' | 'version'
export type JobFault =
  | UploadFault
  | 'broken'
  | 'encrypted'
  | 'too_many_pages'
  | 'not_a_drawing'
  | 'slides_too_large'
  /** For this server, whose operator allows less than we do. */
  | 'slides_refused'
  /** The right to draw went while they came: what is there cannot be taken away. */
  | 'slides_stopped'
  | 'file_unknown'
  | 'not_packed'
  /** The rest is there: their data was nowhere to be had. */
  | 'pictures_left_out'

export class JobError extends Error {
  constructor(readonly fault: JobFault) {
    super(fault)
  }
}

/** Ends a job that was cancelled meanwhile. */
export function goOn(signal: AbortSignal): void {
  if (signal.aborted) throw new JobError('cancelled')
}

export type Job =
  | { readonly kind: JobKind; readonly percent: number | null; readonly cancel: (() => void) | null }
  | { readonly kind: JobKind; readonly fault: JobFault }

export class Jobs {
  readonly state = new Store<Job | null>(null)
  private last: Promise<unknown> = Promise.resolve()

  /** Runs after what runs already; tells whether it went well. A fault that the work returns is told all the same. */
  run(
    kind: JobKind,
    work: (progress: (percent: number | null) => void, signal: AbortSignal) => Promise<JobFault | void>,
  ): Promise<boolean> {
    const next = this.last.then(async () => {
      const abort = new AbortController()
      // Cancelled is cancelled at once for whoever pressed it, also where the work has to come to its next step first.
      const cancel = (): void => {
        abort.abort()
        this.state.set(null)
      }
      const progress = (percent: number | null): void => {
        if (!abort.signal.aborted) this.state.set({ kind, percent, cancel })
      }
      progress(null)
      try {
        const fault = await work(progress, abort.signal)
        this.state.set(fault ? { kind, fault } : null)
        return true
      } catch (error) {
        const fault = error instanceof JobError || error instanceof UploadError ? error.fault : 'failed'
        this.state.set(abort.signal.aborted || fault === 'cancelled' ? null : { kind, fault })
        return false
      }
    })
    this.last = next
    return next
  }

  /** The fault was read. */
  seen(): void {
    this.state.set(null)
  }
}
