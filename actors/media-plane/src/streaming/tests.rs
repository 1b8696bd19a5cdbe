use super::*;
use crate::api::{IceCredentials, PeerId};

const CHROMIUM: &str = include_str!("../../tests/offers/chromium.sdp");
const FIREFOX: &str = include_str!("../../tests/offers/firefox.sdp");
const OBS: &str = include_str!("../../tests/offers/obs.sdp");

fn format(payload_type: u8, rtx: Option<u8>) -> Format {
    Format { payload_type, rtx }
}

fn accepted(sdp: &str, purpose: Purpose) -> Accepted {
    Offer::parse(sdp).unwrap().accept(purpose).unwrap()
}

fn answer(accepted: &Accepted) -> String {
    let ice = IceCredentials { ufrag: "abcdefgh".to_owned(), pwd: "abcdefghijklmnopqrstuvwx".to_owned() };
    let candidates = ["192.0.2.7:7881".parse().unwrap()];
    let fingerprint = [0xab; 32];
    Answer { peer: PeerId(9), ice: &ice, fingerprint, candidates: &candidates, tcp: &[], accepted }.write()
}

/// The m-lines of an answer, each with its attributes.
fn sections(sdp: &str) -> Vec<Vec<&str>> {
    sdp.split("\r\nm=").skip(1).map(|section| section.lines().collect()).collect()
}

#[test]
fn chromium_publishes_with_its_own_numbers() {
    let accepted = accepted(CHROMIUM, Purpose::Publish);
    assert_eq!(accepted.slots(), SlotCount { audio: 0, video: 0 });
    let remote = accepted.remote();
    assert_eq!((remote.ufrag.as_str(), remote.role), ("E2Mx", DtlsRole::Server));
    let microphone = remote.microphone.unwrap();
    assert_eq!((microphone.mid.as_str(), microphone.format.payload_type), ("0", 111));
    assert_eq!((microphone.mid_extension, microphone.level_extension), (Some(4), Some(1)));
    assert_eq!(microphone.transport_cc_extension, Some(3));
    let camera = remote.camera.unwrap();
    assert_eq!((camera.mid.as_str(), camera.codec, camera.format), ("1", Codec::Vp8, format(96, Some(97))));
    assert_eq!(remote.screen, None);

    let sdp = answer(&accepted);
    let sections = sections(&sdp);
    assert_eq!(sections.len(), 4, "an answer has the offer's m-lines: {sdp}");
    assert_eq!(sections[0][0], "audio 9 UDP/TLS/RTP/SAVPF 111");
    assert_eq!(sections[1][0], "video 9 UDP/TLS/RTP/SAVPF 96 97");
    for line in ["a=mid:1", "a=recvonly", "a=setup:passive", "a=rtcp-mux", "a=rtcp-fb:96 nack pli"] {
        assert!(sections[1].contains(&line), "{line} in {:?}", sections[1]);
    }
    assert!(sections[0].contains(&"a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level"));
    for refused in &sections[2..] {
        assert!(refused[0].contains(" 0 ") && refused.contains(&"a=inactive"), "{refused:?}");
    }
    assert!(sdp.contains("a=group:BUNDLE 0 1\r\n") && sdp.contains("a=ice-lite\r\n"));
}

#[test]
fn firefox_watches_and_its_bundle_only_lines_get_a_port() {
    let accepted = accepted(FIREFOX, Purpose::Watch);
    assert_eq!(accepted.slots(), SlotCount { audio: 1, video: 1 });
    let remote = accepted.remote();
    let (audio, video) = (&remote.slots[0], &remote.slots[1]);
    assert_eq!((audio.0, audio.1.formats.of(Codec::Opus)), (SlotId::Audio(0), Some(format(109, None))));
    assert_eq!((video.0, video.1.formats.of(Codec::Vp8)), (SlotId::Video(0), Some(format(120, Some(124)))));
    assert_eq!(video.1.formats.of(Codec::Vp9).unwrap().payload_type, 121);
    assert_eq!(video.1.formats.of(Codec::Av1).unwrap().payload_type, 99);
    assert_eq!(video.1.formats.of(Codec::H264Baseline), None, "it has none");
    assert_eq!(remote.transport_cc_extension, Some(7));
    assert_eq!(video.1.mid.as_ref().map(|(id, _)| *id), Some(3));
    assert_eq!(remote.microphone, None, "what it wants to send is not taken");

    let sdp = answer(&accepted);
    let sections = sections(&sdp);
    assert!(sections[0][0].starts_with("audio 0 ") && sections[1][0].starts_with("video 0 "));
    assert!(sections[2][0].starts_with("audio 9 ") && sections[2].contains(&"a=sendonly"));
    assert!(sections[3][0].starts_with("video 9 UDP/TLS/RTP/SAVPF 120 124 121 "), "{}", sections[3][0]);
    for line in ["a=rtpmap:121 VP9/90000", "a=fmtp:121 profile-id=0", "a=rtpmap:99 AV1/90000"] {
        assert!(sections[3].contains(&line), "{line}");
    }
    let main = sections[3].iter().position(|line| *line == format!("a=ssrc:{} cname:kegelbahn", 0x1000_2000));
    let rtx = sections[3].iter().position(|line| *line == format!("a=ssrc:{} cname:kegelbahn", 0x1000_2001));
    assert!(main.unwrap() < rtx.unwrap());
}

#[test]
fn an_encoder_sends_what_it_would_like_best() {
    let accepted = accepted(OBS, Purpose::Publish);
    let remote = accepted.remote();
    assert_eq!(remote.microphone.as_ref().unwrap().format.payload_type, 97);
    let camera = remote.camera.unwrap();
    assert_eq!((camera.codec, camera.format), (Codec::H264Baseline, format(102, None)));
    assert_eq!(camera.sources, [(4_100_293_472, None)]);
    let sdp = answer(&accepted);
    assert_eq!(sections(&sdp)[1][0], "video 9 UDP/TLS/RTP/SAVPF 102");
    let profile = "a=fmtp:102 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f";
    assert!(sections(&sdp)[1].contains(&profile) && sections(&sdp)[1].contains(&"a=rtcp-fb:102 nack pli"));
    assert!(!sdp.contains("VP8") && !sdp.contains("extmap"));
    let camera = |offer: &str| self::accepted(offer, Purpose::Publish).remote().camera.unwrap();
    assert_eq!(camera(&OBS.replace("42e01f", "640032")).codec, Codec::H264High);
    assert_eq!(camera(&OBS.replace("H264", "H265")).format, format(96, None), "the first that is forwarded");
    assert_eq!(camera(&OBS.replace("on-mode=1", "on-mode=0")).codec, Codec::Vp8);
    assert_eq!(camera(&OBS.replace("H264", "AV1")).codec, Codec::Av1);
}

#[test]
fn what_cannot_be_forwarded_is_refused_alone_and_together() {
    let h265_only = OBS.replace("SAVPF 102 96", "SAVPF 102").replace("H264", "H265");
    let sdp = answer(&accepted(&h265_only, Purpose::Publish));
    assert_eq!(sections(&sdp)[1][0], "video 0 UDP/TLS/RTP/SAVPF 102");
    assert!(sdp.contains("a=group:BUNDLE 0\r\n"));
    let offer = Offer::parse(&h265_only.replace("opus", "G722")).unwrap();
    assert_eq!(offer.accept(Purpose::Publish), Err(Unacceptable::Codec));
    assert_eq!(Offer::parse(OBS).unwrap().accept(Purpose::Watch), Err(Unacceptable::Direction));
}

#[test]
fn a_passive_client_makes_us_begin() {
    let accepted = accepted(&OBS.replace("actpass", "passive"), Purpose::Publish);
    assert_eq!(accepted.remote().role, DtlsRole::Client);
    assert!(answer(&accepted).contains("a=setup:active\r\n"));
    assert!(answer(&self::accepted(&OBS.replace("actpass", "active"), Purpose::Publish)).contains("passive"));
}

#[test]
fn second_pictures_are_screens_and_further_ones_are_refused() {
    let video = &OBS[OBS.find("m=video").unwrap()..];
    let with = |mid: &str| video.replace("a=mid:1", &format!("a=mid:{mid}"));
    let offer = OBS.replace("BUNDLE 0 1", "BUNDLE 0 1 2 3") + &with("2") + &with("3");
    let accepted = accepted(&offer, Purpose::Publish);
    let parts = [Uplink::Microphone, Uplink::Camera, Uplink::Screen].map(Taken::Uplink);
    assert_eq!(accepted.taken[..3], parts);
    assert_eq!(accepted.taken[3], Taken::Refused);
    assert!(Uplink::ALL.into_iter().all(|uplink| accepted.publishes(uplink)));
}

#[test]
fn without_a_bundle_only_the_first_line_has_a_transport() {
    let accepted = accepted(&OBS.replace("a=group:BUNDLE 0 1\n", ""), Purpose::Publish);
    assert_eq!(accepted.taken, [Taken::Uplink(Uplink::Microphone), Taken::Refused]);
    assert!(!answer(&accepted).contains("BUNDLE"));
}

#[test]
fn what_is_no_offer_is_refused() {
    for (from, to) in [
        ("a=setup:actpass", "a=setup:holdconn"),
        ("sha-256", "sha-1"),
        ("a=ice-ufrag", "a=x-ufrag"),
        ("a=ice-pwd:", "a=ice-pwd:short\r\na=x:"),
        ("v=0", "v=zero"),
    ] {
        assert!(Offer::parse(&OBS.replace(from, to)).is_err(), "{from} as {to}");
    }
    assert!(Offer::parse("").is_err());
}

#[test]
fn any_text_is_answered_without_panic() {
    let mut random = crate::testing::Random::new(12);
    let mut taken = 0;
    for number in 0..3000 {
        let mut bytes = [CHROMIUM, FIREFOX, OBS][number % 3].as_bytes().to_vec();
        random.mutate(&mut bytes);
        let Ok(offer) = Offer::parse(&String::from_utf8_lossy(&bytes)) else { continue };
        let purpose = if number % 2 == 0 { Purpose::Publish } else { Purpose::Watch };
        if let Ok(accepted) = offer.accept(purpose) {
            assert_eq!(sections(&answer(&accepted)).len(), accepted.taken.len());
            taken += 1;
        }
    }
    assert!(taken > 100, "{taken}");
}
