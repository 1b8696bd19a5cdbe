//! What the gate lets pass, and what not.

use super::*;
use crate::whiteboard::testing::{Decode, Peer, Random, Text, Update, WriteTxn, client_id};
use crate::whiteboard::wire::{awareness_message, put_buffer, put_uint, sync_message};

const ANY_NUMBER: usize = usize::MAX;

/// An update of one block of client 7 with these bytes for content.
fn block(info: u8, rest: &[u8]) -> Vec<u8> {
    let mut bytes = vec![1, 1, 7, 0, info];
    bytes.extend_from_slice(rest);
    bytes.push(0);
    bytes
}

fn refusal(bytes: &[u8]) -> &'static str {
    update(bytes, ANY_NUMBER).unwrap_err().0
}

#[test]
fn frames_are_told_apart() {
    assert_eq!(frame(&sync_message(STEP_1, &[0])), Ok(Frame::Step1(&[0])));
    assert_eq!(frame(&sync_message(STEP_2, &[0, 0])), Ok(Frame::Step2(&[0, 0])));
    assert_eq!(frame(&sync_message(UPDATE, &[0, 0])), Ok(Frame::Update(&[0, 0])));
    assert_eq!(frame(&awareness_message(&[0])), Ok(Frame::Awareness(&[0])));
    assert_eq!(frame(&[3]), Ok(Frame::QueryAwareness));
    for bad in [&[][..], &[0], &[0, 3, 0], &[0, 2, 5, 0], &[0, 2, 1, 0, 0], &[2, 0], &[3, 0], &[9]] {
        assert!(frame(bad).is_err(), "{bad:?}");
    }
}

#[test]
fn whatever_yrs_writes_passes_and_is_outlined_as_yrs_reads_it() {
    for seed in 0..60 {
        let mut random = Random(seed);
        let peers = [Peer::new(1), Peer::new((1 << 53) - 1), Peer::new(u64::from(u32::MAX) + seed)];
        for _ in 0..60 {
            let (from, to) = (random.below(3), random.below(3));
            let change = peers[from].change_at_random(&mut random);
            let outline = update(&change, ANY_NUMBER).unwrap();
            let decoded = Update::decode_v1(&change).unwrap();
            let mut ends: Vec<(u64, u32)> = outline.blocks.iter().map(|b| (b.id.client, b.end())).collect();
            ends.dedup_by(|later, earlier| {
                later.0 == earlier.0 && {
                    earlier.1 = later.1;
                    true
                }
            });
            for (client, end) in ends {
                let inserted = decoded.insertions(true);
                let last = inserted.get(&client_id(client)).and_then(|r| r.iter().map(|(r, _)| r.end).max());
                assert_eq!(last, Some(end), "seed {seed}");
            }
            peers[to].apply(&peers[from].everything());
            assert!(update(&peers[to].everything(), ANY_NUMBER).is_ok(), "seed {seed}");
            assert!(state_vector(&peers[to].state_vector()).is_ok(), "seed {seed}");
        }
    }
}

#[test]
fn text_is_measured_in_utf16_as_yjs_does() {
    let peer = Peer::new(7);
    let change = peer.change(|transaction| {
        let text = transaction.get_or_insert_text("text");
        text.insert(transaction, 0, "ä🧶b");
    });
    assert_eq!(update(&change, ANY_NUMBER).unwrap().blocks[0].len, 4);
}

#[test]
fn a_few_bytes_that_claim_much_are_refused() {
    // Each of these made yrs 0.28 reserve hundreds of megabytes.
    let claims = [255, 255, 255, 122];
    assert_eq!(state_vector(&claims).unwrap_err().0, "claims more than is there");
    assert_eq!(refusal(&claims), "claims more than is there");
    assert_eq!(refusal(&[1, 255, 255, 255, 122, 7, 0]), "claims more than is there");
    assert_eq!(refusal(&[0, 255, 255, 255, 122]), "claims more than is there");
    assert_eq!(refusal(&[0, 1, 7, 255, 255, 255, 122]), "claims more than is there");
    assert_eq!(refusal(&block(8, &[1, 1, b'm', 255, 255, 255, 122])), "claims more than is there");
    assert_eq!(refusal(&block(8, &[1, 1, b'm', 1, 117, 255, 255, 255, 122])), "claims more than is there");
    assert_eq!(refusal(&block(8, &[1, 1, b'm', 1, 118, 255, 255, 255, 122])), "claims more than is there");
    assert_eq!(refusal(&block(4, &[1, 1, b'm', 255, 255, 255, 122])), "ends early");
    assert_eq!(awareness(&claims).unwrap_err().0, "claims more than is there");
}

#[test]
fn values_nest_to_a_limit_and_no_stack_grows_with_them() {
    let nested = |depth: usize| {
        let mut content = vec![1, 1, b'm', 1];
        for _ in 0..depth {
            content.extend_from_slice(&[117, 1]);
        }
        content.push(126);
        block(8, &content)
    };
    assert!(update(&nested(NESTING_MAX), ANY_NUMBER).is_ok());
    assert_eq!(refusal(&nested(NESTING_MAX + 1)), "nested too deep");
    assert_eq!(refusal(&nested(500_000)), "nested too deep");
    let json = |depth: usize| {
        let mut content = vec![1, 1, b'm'];
        put_buffer(&mut content, format!("{}{}", "[".repeat(depth), "]".repeat(depth)).as_bytes());
        block(5, &content)
    };
    assert!(update(&json(NESTING_MAX), ANY_NUMBER).is_ok());
    assert_eq!(refusal(&json(NESTING_MAX + 1)), "nested too deep");
}

#[test]
fn brackets_within_json_strings_do_not_count() {
    assert_eq!(json_nesting(r#"{"a":"[[[[\"[[","b":[{}]}"#), 3);
    assert_eq!(json_nesting("]]]]["), 1);
}

#[test]
fn ids_and_clocks_have_ends() {
    let with_client = |client: u64| {
        let mut bytes = vec![1, 1];
        put_uint(&mut bytes, client);
        bytes.extend_from_slice(&[0, 0, 1, 0]);
        bytes
    };
    assert!(update(&with_client((1 << 53) - 1), ANY_NUMBER).is_ok());
    assert_eq!(refusal(&with_client(1 << 53)), "client id");
    let garbage = |clock: u64, len: u64| {
        let mut bytes = vec![1, 1, 7];
        put_uint(&mut bytes, clock);
        bytes.push(0);
        put_uint(&mut bytes, len);
        bytes.push(0);
        bytes
    };
    assert!(update(&garbage(0, 1 << 31), ANY_NUMBER).is_ok());
    assert_eq!(refusal(&garbage(1, 1 << 31)), "clock");
    assert_eq!(refusal(&garbage((1 << 31) + 1, 1)), "clock");
    assert_eq!(refusal(&garbage(0, 0)), "clock");
    assert_eq!(refusal(&garbage(0, 1 << 40)), "more than 32 bits");
    let deleted = |clock: u64, len: u64| {
        let mut bytes = vec![0, 1, 7, 1];
        put_uint(&mut bytes, clock);
        put_uint(&mut bytes, len);
        bytes
    };
    assert!(update(&deleted(5, 7), ANY_NUMBER).is_ok());
    assert_eq!(refusal(&deleted(5, 1 << 31)), "deleted range");
}

#[test]
fn forms_that_yrs_and_yjs_read_differently_are_refused() {
    assert_eq!(refusal(&block(2, &[1, 1, b'm', 1, 2, b'{', b'}'])), "content"); // legacy JSON
    assert_eq!(refusal(&block(9, &[1, 1, b'm', 1, b'g', 126])), "content"); // sub-document
    assert_eq!(refusal(&block(7, &[1, 1, b'm', 5, 1, b'h'])), "shared type"); // XML hook
    assert_eq!(refusal(&block(7, &[1, 1, b'm', 7, 0])), "shared type"); // weak link
    assert_eq!(refusal(&block(8, &[2, 1, b'm', 1, 126])), "parent");
    assert_eq!(refusal(&block(4, &[1, 1, b'm', 1, 0xff])), "not UTF-8");
    assert_eq!(refusal(&[2, 1, 7, 0, 0, 1, 1, 7, 1, 0, 1, 0]), "a client twice");
    assert_eq!(refusal(&[0, 1, 7, 2, 5, 5, 2, 1]), "deleted range");
    assert_eq!(refusal(&[0, 0, 0]), "trailing bytes");
}

#[test]
fn blocks_are_counted() {
    let mut bytes = vec![1];
    put_uint(&mut bytes, 100);
    bytes.extend_from_slice(&[7, 0]);
    for _ in 0..100 {
        bytes.extend_from_slice(&[0, 1]);
    }
    bytes.push(0);
    assert_eq!(update(&bytes, 100).unwrap().blocks.len(), 100);
    assert_eq!(update(&bytes, 99).unwrap_err().0, "too many blocks");
}

/// Whatever bytes arrive: an answer, no panic; and what passes, yrs decodes without a panic to the same end.
#[test]
fn mutated_and_random_bytes_never_panic_and_never_reach_yrs_unfit() {
    let mut random = Random(2_024);
    let (mut passed, mut refused) = (0, 0);
    for round in 0..300 {
        let peer = Peer::new(round + 1);
        let other = Peer::new(round + 1_000);
        for _ in 0..8 {
            peer.change_at_random(&mut random);
            other.apply(&peer.everything());
            other.change_at_random(&mut random);
        }
        let sound = other.everything();
        for _ in 0..60 {
            let mut bytes = sound.clone();
            for _ in 0..=random.below(3) {
                let at = random.below(bytes.len());
                match random.below(4) {
                    0 => bytes[at] = random.next() as u8,
                    1 => bytes[at] ^= 1 << random.below(8),
                    2 => drop(bytes.remove(at)),
                    _ => bytes.insert(at, [0, 1, 127, 128, 255][random.below(5)]),
                }
            }
            match update(&bytes, 10_000) {
                Ok(_) => {
                    passed += 1;
                    // Decoding may still refuse (a broken varint's sign, JSON); it must not do worse.
                    drop(Update::decode_v1(&bytes));
                }
                Err(_) => refused += 1,
            }
            look_at(&bytes);
        }
        let noise: Vec<u8> = (0..random.below(200)).map(|_| random.next() as u8).collect();
        look_at(&noise);
    }
    assert!(
        passed > 1_000 && refused > 1_000,
        "the mutations test both ways: {passed} passed, {refused} refused"
    );
}

/// Every entrance; what they say is of no interest, only that they say it.
fn look_at(bytes: &[u8]) {
    let accepted = [
        frame(bytes).is_ok(),
        state_vector(bytes).is_ok(),
        awareness(bytes).is_ok(),
        update(bytes, 10_000).is_ok(),
    ];
    std::hint::black_box(accepted);
}
