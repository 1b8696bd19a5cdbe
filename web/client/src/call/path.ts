// Which way sound and pictures take between this browser and the server, from `getStats`. Pure, over the report's
// entries. Both ends of the chosen pair of candidates tell: ours whether it is TCP or a relay's.

export type Way =
  /** UDP, straight. */
  | 'direct'
  /** TCP on the port of the pages, because UDP does not get through. */
  | 'tcp'
  /** A TURN server of the operator's. */
  | 'relay'

/** What is read; browsers leave out what they do not know. */
export interface PathEntry {
  readonly id?: string
  readonly type: string
  /** Of the transport. */
  readonly selectedCandidatePairId?: string
  /** Of a pair: Firefox says so, the others name the pair in the transport. */
  readonly selected?: boolean
  readonly localCandidateId?: string
  readonly candidateType?: string
  readonly protocol?: string
}

/** `null` while no way is chosen. */
export function wayOf(entries: readonly PathEntry[]): Way | null {
  const chosen = entries.find(({ type }) => type === 'transport')?.selectedCandidatePairId
  const pair = entries.find(
    ({ id, type, selected }) =>
      type === 'candidate-pair' && (chosen === undefined ? selected : id === chosen),
  )
  const ours = pair && entries.find(({ id }) => id !== undefined && id === pair.localCandidateId)
  if (!ours) return null
  if (ours.candidateType === 'relay') return 'relay'
  return ours.protocol === 'tcp' ? 'tcp' : 'direct'
}
