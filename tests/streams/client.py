"""A WHIP and WHEP client on aiortc, for tests/streams_meet_aiortc.rs and the browser story of streams.

    client.py publish URL TOKEN [CODEC [SETUP]]   sends a tone and a picture of one colour
    client.py watch URL TOKEN                     decodes what comes, one line of JSON for every tenth picture

CODEC is VP8 or H264, SETUP what the offer says of DTLS: actpass or passive.
Each ends, and its session with it, when standard input is closed.
"""

import asyncio
import fractions
import json
import math
import ssl
import sys
import urllib.parse
import urllib.request

import av
from aiortc import MediaStreamTrack, RTCPeerConnection, RTCRtpSender, RTCSessionDescription
from aiortc.mediastreams import MediaStreamError

COLOUR = (200, 40, 160)
RATE = 48_000


def say(**facts):
    print(json.dumps(facts), flush=True)


def http(method, url, token, body=None):
    """One request; the certificate of a server under test is self-made."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    headers = {"authorization": f"Bearer {token}"}
    if body is not None:
        headers["content-type"] = "application/sdp"
    request = urllib.request.Request(url, method=method, data=body, headers=headers)
    with urllib.request.urlopen(request, context=context, timeout=10) as answer:
        return answer.status, answer.headers, answer.read().decode()


class Picture(MediaStreamTrack):
    kind = "video"

    def __init__(self):
        super().__init__()
        self.count = 0

    async def recv(self):
        self.count += 1
        await asyncio.sleep(1 / 20)
        rgb = av.VideoFrame(320, 240, "rgb24")
        rgb.planes[0].update(bytes(COLOUR) * (320 * 240))
        frame = rgb.reformat(format="yuv420p")
        frame.pts, frame.time_base = self.count * 4_500, fractions.Fraction(1, 90_000)
        return frame


class Tone(MediaStreamTrack):
    kind = "audio"

    def __init__(self):
        super().__init__()
        self.at = 0

    async def recv(self):
        await asyncio.sleep(0.02)
        frame = av.AudioFrame(format="s16", layout="mono", samples=960)
        wave = (int(9_000 * math.sin(2 * math.pi * 440 * (self.at + n) / RATE)) for n in range(960))
        frame.planes[0].update(b"".join(sample.to_bytes(2, "little", signed=True) for sample in wave))
        frame.pts, frame.sample_rate, frame.time_base = self.at, RATE, fractions.Fraction(1, RATE)
        self.at += 960
        return frame


async def look(track, seen):
    while True:
        try:
            frame = await track.recv()
        except MediaStreamError:
            return
        if track.kind == "audio":
            seen["loud"] = max(seen.get("loud", 0), max(abs(s) for s in memoryview(bytes(frame.planes[0])).cast("h")))
            continue
        seen["pictures"] = seen.get("pictures", 0) + 1
        if seen["pictures"] % 10 == 0:
            picture = frame.to_rgb()
            middle = picture.height // 2 * picture.planes[0].line_size + picture.width // 2 * 3
            colour = list(bytes(picture.planes[0])[middle : middle + 3])
            say(size=[frame.width, frame.height], colour=colour, **seen)


async def main(what, url, token, codec="VP8", setup="actpass"):
    connection, seen = RTCPeerConnection(), {}
    if what == "publish":
        connection.addTrack(Tone())
        connection.addTrack(Picture())
        known = RTCRtpSender.getCapabilities("video").codecs
        preferred = [one for one in known if one.mimeType in (f"video/{codec}", "video/rtx")]
        connection.getTransceivers()[1].setCodecPreferences(preferred)
    else:
        connection.addTransceiver("audio", direction="recvonly")
        connection.addTransceiver("video", direction="recvonly")
        connection.on("track", lambda track: asyncio.ensure_future(look(track, seen)))
    connection.on("connectionstatechange", lambda: say(state=connection.connectionState))
    offer = await connection.createOffer()
    if what == "publish":
        for transceiver in connection.getTransceivers():
            transceiver.direction = "sendonly"
        offer = await connection.createOffer()
    await connection.setLocalDescription(offer)
    body = connection.localDescription.sdp.replace("a=setup:actpass", f"a=setup:{setup}").encode()
    status, headers, answer = await asyncio.to_thread(http, "POST", url, token, body)
    say(status=status)
    await connection.setRemoteDescription(RTCSessionDescription(answer, "answer"))
    await asyncio.to_thread(sys.stdin.read)
    session = urllib.parse.urljoin(url, headers["location"])
    status, _, _ = await asyncio.to_thread(http, "DELETE", session, token)
    say(deleted=status)
    await connection.close()


asyncio.run(main(*sys.argv[1:]))
