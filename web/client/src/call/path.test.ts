import { describe, expect, test } from 'vitest'
import { wayOf, type PathEntry } from './path'

const local = (id: string, candidateType: string, protocol: string): PathEntry => ({
  id,
  type: 'local-candidate',
  candidateType,
  protocol,
})
const pair = (id: string, localCandidateId: string, selected?: boolean): PathEntry => ({
  id,
  type: 'candidate-pair',
  localCandidateId,
  ...(selected !== undefined && { selected }),
})
const transport = (selectedCandidatePairId?: string): PathEntry => ({
  id: 'T',
  type: 'transport',
  ...(selectedCandidatePairId !== undefined && { selectedCandidatePairId }),
})

const CANDIDATES = [
  local('udp', 'host', 'udp'),
  local('tcp', 'prflx', 'tcp'),
  local('turn', 'relay', 'udp'),
  pair('P1', 'udp'),
  pair('P2', 'tcp'),
  pair('P3', 'turn'),
]

describe('the way that media takes', () => {
  test.each([
    ['P1', 'direct'],
    ['P2', 'tcp'],
    ['P3', 'relay'],
  ])('is that of the pair which the transport names: %s is %s', (chosen, way) => {
    expect(wayOf([...CANDIDATES, transport(chosen)])).toBe(way)
  })

  test('is that of the selected pair where transports name none', () => {
    expect(
      wayOf([
        local('a', 'host', 'udp'),
        local('b', 'host', 'tcp'),
        pair('1', 'a', false),
        pair('2', 'b', true),
      ]),
    ).toBe('tcp')
  })

  test('is not known before a pair is chosen', () => {
    expect(wayOf([])).toBeNull()
    expect(wayOf([...CANDIDATES, transport()])).toBeNull()
    expect(wayOf([...CANDIDATES, transport('P9')])).toBeNull()
    expect(wayOf([pair('P1', 'gone'), transport('P1')])).toBeNull()
  })
})
