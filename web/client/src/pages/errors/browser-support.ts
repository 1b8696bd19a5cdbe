/** What a call needs and this browser lacks, by the names that people can search for; empty when all is there. */
export function missingFeatures(): readonly string[] {
  const needed: readonly (readonly [string, boolean])[] = [
    ['WebRTC', typeof RTCPeerConnection === 'function'],
    ['RTCRtpTransceiver', typeof RTCRtpTransceiver === 'function'],
    ['WebSocket', typeof WebSocket === 'function'],
    // Absent from insecure pages, too; listening would work without, but so old a browser lacks the rest as well.
    ['mediaDevices.getUserMedia', typeof navigator.mediaDevices?.getUserMedia === 'function'],
  ]
  return needed.filter(([, there]) => !there).map(([name]) => name)
}
