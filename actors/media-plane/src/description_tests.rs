use super::*;

fn credentials() -> IceCredentials {
    IceCredentials { ufrag: "abcdefgh".to_owned(), pwd: "abcdefghijklmnopqrstuvwx".to_owned() }
}

fn offer(version: u32, slots: SlotCount) -> String {
    let ice = credentials();
    let candidates = candidates(&["192.0.2.7".parse().unwrap(), "2001:db8::7".parse().unwrap()], 7881);
    let tcp = ["192.0.2.7:443".parse().unwrap()];
    Offer {
        peer: PeerId(9),
        version,
        ice: &ice,
        fingerprint: [0xab; 32],
        candidates: &candidates,
        tcp: &tcp,
        slots,
    }
    .write()
}

fn mids(sdp: &str) -> Vec<&str> {
    sdp.lines().filter_map(|line| line.strip_prefix("a=mid:")).collect()
}

/// The shape of Firefox's answer (MEDIA.md §8): session-level fingerprint, directed extension ids.
const ANSWER: &str = "v=0\r\no=mozilla 311 0 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\na=sendrecv\r\n\
a=fingerprint:sha-256 00:01:02:03:04:05:06:07:08:09:0A:0b:0C:0D:0E:0F:10:11:12:13:14:15:16:17:18:19:1A:1B:1C:1D:1E:1F\r\n\
a=group:BUNDLE mic cam a0\r\n\
m=audio 9 UDP/TLS/RTP/SAVPF 111\r\nc=IN IP4 0.0.0.0\r\na=sendonly\r\n\
a=extmap:1 urn:ietf:params:rtp-hdrext:sdes:mid\r\na=extmap:4 urn:ietf:params:rtp-hdrext:ssrc-audio-level\r\n\
a=ice-pwd:d4723de1504c5ccb761eca4acff5c435\r\na=ice-ufrag:cf0339be\r\na=mid:mic\r\na=rtpmap:111 opus/48000/2\r\n\
a=extmap:5 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01\r\n\
a=setup:active\r\na=ssrc:1550124976 cname:{x}\r\n\
m=video 9 UDP/TLS/RTP/SAVPF 120 124\r\nc=IN IP4 0.0.0.0\r\na=sendonly\r\na=mid:cam\r\n\
a=extmap:3 urn:ietf:params:rtp-hdrext:sdes:mid\r\na=extmap:9/sendonly urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id\r\n\
a=fmtp:120 max-fs=12288;max-fr=60\r\na=fmtp:124 apt=120\r\na=rtpmap:120 VP8/90000\r\na=rtpmap:124 rtx/90000\r\n\
a=ssrc:28 cname:{x}\r\na=ssrc:29 cname:{x}\r\na=ssrc-group:FID 28 29\r\n\
m=video 0 UDP/TLS/RTP/SAVPF 120\r\nc=IN IP4 0.0.0.0\r\na=mid:scr\r\na=inactive\r\n\
m=audio 9 UDP/TLS/RTP/SAVPF 111\r\nc=IN IP4 0.0.0.0\r\na=mid:a0\r\na=recvonly\r\na=rtpmap:111 opus/48000/2\r\n\
a=extmap:5/recvonly http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01\r\n";

#[test]
fn the_order_of_m_lines_is_the_protocols_and_growing_appends() {
    let first = offer(1, SlotCount { audio: 3, video: 2 });
    assert_eq!(mids(&first), ["mic", "cam", "scr", "a0", "a1", "a2", "music", "v0", "v1"]);
    let grown = offer(2, SlotCount { audio: 3, video: 4 });
    assert!(mids(&grown).starts_with(&mids(&first)));
    assert_eq!(mids(&grown).len(), mids(&first).len() + 2);
    assert!(first.contains("o=- 9 1 IN") && grown.contains("o=- 9 2 IN"));
}

#[test]
fn every_slot_names_its_primary_ssrc_first() {
    let sdp = offer(1, SlotCount { audio: 3, video: 25 });
    for slot in slots(SlotCount { audio: 3, video: 25 }).filter(|slot| slot.is_video()) {
        let main = sdp.find(&format!("a=ssrc:{} ", slot.ssrc())).unwrap();
        assert!(main < sdp.find(&format!("a=ssrc:{} ", slot.rtx_ssrc())).unwrap());
    }
    assert_eq!(sdp.matches("a=ssrc:").count(), 4 + 2 * 25);
}

#[test]
fn every_address_is_a_candidate_best_first() {
    let sdp = offer(1, SlotCount { audio: 3, video: 0 });
    assert_eq!(sdp.matches("a=candidate:1 1 udp 2130706431 192.0.2.7 7881 typ host").count(), 7);
    assert_eq!(sdp.matches("a=candidate:2 1 udp 2130706175 2001:db8::7 7881 typ host").count(), 7);
}

#[test]
fn an_answer_gives_all_that_the_plane_needs() {
    let remote = Remote::parse_answer(ANSWER).unwrap();
    assert_eq!(
        (remote.ufrag.as_str(), remote.pwd.as_str()),
        ("cf0339be", "d4723de1504c5ccb761eca4acff5c435")
    );
    assert_eq!(remote.fingerprint, std::array::from_fn(|i| i as u8));
    let microphone = remote.microphone.unwrap();
    assert_eq!((microphone.format.payload_type, microphone.level_extension), (111, Some(4)));
    assert_eq!((microphone.transport_cc_extension, remote.transport_cc_extension), (Some(5), Some(5)));
    assert_eq!(microphone.sources, [(1_550_124_976, None)]);
    let camera = remote.camera.unwrap();
    assert_eq!(camera.format, Format { payload_type: 120, rtx: Some(124) });
    assert_eq!((camera.mid_extension, camera.rid_extension), (Some(3), Some(9)));
    assert_eq!(camera.transport_cc_extension, None);
    assert_eq!(camera.sources, [(28, Some(29))]);
    assert_eq!(remote.screen, None, "refused by port 0");
}

#[test]
fn layers_are_asked_of_the_camera_and_read_from_the_answer() {
    let sdp = offer(1, SlotCount { audio: 3, video: 2 });
    let camera = sdp.split("m=").find(|media| media.contains("a=mid:cam")).unwrap();
    assert!(camera.contains("a=rid:l recv\r\na=rid:m recv\r\na=rid:h recv\r\na=simulcast:recv l;m;h\r\n"));
    assert_eq!(sdp.matches("a=simulcast:").count(), 1);
    let lines = "a=mid:cam\r\na=rid:l send\r\na=rid:h send pt=120\r\na=rid:m recv\r\na=rid:x send\r\n";
    let layers = format!("{lines}a=simulcast:send l;h\r\n");
    let rids = |answer: &str| Remote::parse_answer(answer).unwrap().camera.unwrap().rids;
    assert_eq!(rids(&ANSWER.replace("a=mid:cam\r\n", &layers)), LayerSet::from_iter([Rid::L, Rid::H]));
    assert_eq!(rids(&ANSWER.replace("a=mid:cam\r\n", lines)), LayerSet::NONE, "no simulcast");
}

#[test]
fn slots_offer_every_codec_and_keep_those_that_the_answer_has() {
    let sdp = offer(1, SlotCount { audio: 3, video: 25 });
    let sections: Vec<&str> = sdp.split("\r\nm=").collect();
    let of = |mid: &str| {
        let name = format!("\r\na=mid:{mid}\r\n");
        *sections.iter().find(|section| section.contains(&name)).unwrap()
    };
    assert!(of("cam").starts_with("video 9 UDP/TLS/RTP/SAVPF 96 97\r\n"), "one codec up: {}", of("cam"));
    assert!(
        of("v0")
            .starts_with("video 9 UDP/TLS/RTP/SAVPF 96 97 98 99 100 101 102 103 104 105 106 107 108 109\r\n")
    );
    for line in [
        "a=rtpmap:102 H264/90000",
        "a=fmtp:102 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f",
        "a=rtcp-fb:102 nack pli",
        "a=fmtp:103 apt=102",
    ] {
        assert!(of("v24").contains(&format!("\r\n{line}\r\n")), "{line}");
    }
    // The answer repeats it for each slot, in a message of 64 KiB with two bytes more for each line's end. Everything else
    // that browsers say of a slot took 560 bytes, of the other m-lines 6 kB.
    let codecs: Vec<&str> = of("v24").lines().skip_while(|line| !line.starts_with("a=rtpmap")).collect();
    let told = codecs.iter().map(|line| line.len() + 4).sum::<usize>();
    assert!((1000..2200).contains(&told) && 25 * (told + 560) + 6_000 < 64 * 1024, "{told}");

    let answer = ANSWER.to_owned()
        + "m=video 9 UDP/TLS/RTP/SAVPF 96 97 108 98\r\nc=IN IP4 0.0.0.0\r\na=mid:v1\r\na=recvonly\r\n\
           a=rtpmap:96 VP8/90000\r\na=rtpmap:97 rtx/90000\r\na=fmtp:97 apt=96\r\na=rtpmap:108 H264/90000\r\n\
           a=fmtp:108 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=f4001f\r\n\
           a=rtpmap:98 VP9/90000\r\na=fmtp:98 profile-id=2\r\n";
    let slots = Remote::parse_answer(&answer).unwrap().slots;
    assert_eq!(slots.iter().map(|(slot, _)| *slot).collect::<Vec<_>>(), [SlotId::Audio(0), SlotId::Video(1)]);
    let SlotParameters { mid, formats } = &slots[1].1;
    assert_eq!(mid.as_ref().map(|(id, mid)| (*id, mid.as_str())), Some((MID_EXTENSION, "v1")));
    assert_eq!(formats.of(Codec::Vp8), Some(Codec::Vp8.format()));
    assert_eq!(formats.of(Codec::H264High), Some(Format { payload_type: 108, rtx: None }));
    assert_eq!([Codec::Vp9, Codec::Av1, Codec::Opus].map(|codec| formats.of(codec)), [None; 3]);
}

#[test]
fn more_formats_than_payload_types_are_ignored() {
    let takes_vp8 = |before: usize| {
        let line = format!("m=video 9 UDP/TLS/RTP/SAVPF {}96\r\n", "95 ".repeat(before));
        let slot = "c=IN IP4 0.0.0.0\r\na=mid:v1\r\na=recvonly\r\na=rtpmap:96 VP8/90000\r\n";
        let slots = Remote::parse_answer(&format!("{ANSWER}{line}{slot}")).unwrap().slots;
        slots[1].1.formats.of(Codec::Vp8).is_some()
    };
    assert_eq!([0, 127, 128, 10_000].map(takes_vp8), [true, true, false, false]);
}

#[test]
fn what_cannot_be_used_is_refused() {
    for (from, to) in [
        ("a=setup:active", "a=setup:passive"),
        ("sha-256", "sha-1"),
        ("1E:1F", "1E"),
        ("a=ice-ufrag", "a=x-ufrag"),
        ("a=ice-pwd:", "a=ice-pwd:short\r\na=x:"),
        ("v=0", "v=zero"),
    ] {
        assert!(Remote::parse_answer(&ANSWER.replace(from, to)).is_err(), "{from} as {to}");
    }
}

#[test]
fn bombs_are_refused() {
    let many = |line: &str, n: usize| format!("{ANSWER}{}", line.repeat(n));
    assert!(Remote::parse_answer(&many("a=x\r\n", 5000)).is_err());
    assert!(Remote::parse_answer(&many("m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n", 200)).is_err());
    assert!(Remote::parse_answer(&many(&format!("a={}\r\n", "x".repeat(1000)), 70)).is_err());
}

#[test]
fn any_text_is_answered_without_panic() {
    let mut random = crate::testing::Random::new(11);
    for _ in 0..3000 {
        let mut bytes = ANSWER.as_bytes().to_vec();
        random.mutate(&mut bytes);
        if let Ok(remote) = Remote::parse_answer(&String::from_utf8_lossy(&bytes)) {
            assert!(!remote.ufrag.is_empty());
        }
    }
}
