use super::*;
use crate::layers::LayerSet;

const VIDEO: u8 = 96;
const RTX: u8 = 97;

fn parameters(uplink: Uplink, rids: LayerSet, sources: Vec<(u32, Option<u32>)>) -> UplinkParameters {
    UplinkParameters {
        rids,
        rid_extension: Some(2),
        repaired_rid_extension: Some(3),
        sources,
        ..UplinkParameters::new(uplink)
    }
}

fn remote(rids: LayerSet, sources: Vec<(u32, Option<u32>)>) -> Remote {
    Remote {
        microphone: Some(UplinkParameters::new(Uplink::Microphone)),
        camera: Some(parameters(Uplink::Camera, rids, sources)),
        screen: Some(parameters(Uplink::Screen, LayerSet::NONE, Vec::new())),
        ..Remote::default()
    }
}

/// What a packet with these extensions is.
fn role(
    remote: &Remote,
    known: &HashMap<u32, SourceRole>,
    (payload_type, ssrc): (u8, u32),
    extensions: &[(u8, &str)],
) -> Option<(Uplink, Rid, bool)> {
    let mut body = Vec::new();
    for (id, value) in extensions {
        body.push(id << 4 | (value.len() - 1) as u8);
        body.extend(value.bytes());
    }
    body.resize(body.len().next_multiple_of(4), 0);
    let mut packet = vec![0x90, payload_type, 0, 1, 0, 0, 0, 2];
    packet.extend(ssrc.to_be_bytes());
    packet.extend([0xbe, 0xde, 0, (body.len() / 4) as u8]);
    packet.extend(body);
    let header = Header::parse(&packet).unwrap();
    role_of(remote, known, &header, &packet)
}

#[test]
fn chromium_names_layers_and_their_retransmissions_in_packets_only() {
    let (remote, known) = (remote(LayerSet::ALL, Vec::new()), HashMap::new());
    let of = |packet, extensions: &[(u8, &str)]| role(&remote, &known, packet, extensions);
    assert_eq!(of((VIDEO, 5), &[(1, "cam"), (2, "m")]), Some((Uplink::Camera, Rid::M, false)));
    assert_eq!(of((RTX, 6), &[(1, "cam"), (3, "h")]), Some((Uplink::Camera, Rid::H, true)));
    assert_eq!(of((VIDEO, 7), &[(1, "cam")]), None, "which layer?");
    assert_eq!(of((VIDEO, 7), &[(1, "cam"), (2, "q")]), None, "not one of ours");
    assert_eq!(of((VIDEO, 8), &[(1, "scr")]), Some((Uplink::Screen, Rid::H, false)), "no layers there");
    assert_eq!(of((111, 9), &[]), Some((Uplink::Microphone, Rid::H, false)));
}

#[test]
fn firefox_names_pairs_in_its_answer_and_layers_in_packets() {
    let pairs = vec![(10, Some(11)), (20, Some(21)), (30, Some(31))];
    let (remote, mut known) = (remote(LayerSet::ALL, pairs), HashMap::new());
    assert_eq!(role(&remote, &known, (VIDEO, 20), &[]), None);
    assert_eq!(role(&remote, &known, (RTX, 21), &[]), None, "its media is not known yet");
    let main = role(&remote, &known, (VIDEO, 20), &[(1, "cam"), (2, "m")]);
    assert_eq!(main, Some((Uplink::Camera, Rid::M, false)));
    let role_of_main = SourceRole { uplink: Uplink::Camera, rid: Rid::M, track: 0, retransmission: false };
    known.insert(20, role_of_main);
    assert_eq!(role(&remote, &known, (RTX, 21), &[]), Some((Uplink::Camera, Rid::M, true)));
    assert_eq!(role(&remote, &known, (RTX, 31), &[(3, "h")]), Some((Uplink::Camera, Rid::H, true)));
}

#[test]
fn without_layers_everything_is_the_largest() {
    let (remote, known) = (remote(LayerSet::NONE, vec![(10, None), (11, None)]), HashMap::new());
    assert_eq!(role(&remote, &known, (VIDEO, 10), &[]), Some((Uplink::Camera, Rid::H, false)));
    assert_eq!(role(&remote, &known, (RTX, 11), &[]), Some((Uplink::Camera, Rid::H, true)), "by its type");
    assert_eq!(role(&remote, &known, (VIDEO, 12), &[(1, "cam")]), Some((Uplink::Camera, Rid::H, false)));
    assert_eq!(role(&remote, &known, (VIDEO, 13), &[]), None);
}

#[test]
fn rids_that_are_only_repeated_are_no_layers() {
    let (remote, known) = (remote(LayerSet::ALL, vec![(10, Some(11))]), HashMap::new());
    assert_eq!(role(&remote, &known, (VIDEO, 10), &[(1, "cam")]), Some((Uplink::Camera, Rid::H, false)));
    assert_eq!(role(&remote, &known, (RTX, 11), &[]), Some((Uplink::Camera, Rid::H, true)));
}
