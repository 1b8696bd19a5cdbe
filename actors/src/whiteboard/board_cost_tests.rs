//! What a board costs, counted: memory of what is open, and of what hostile clients send.

use super::*;
use crate::whiteboard::testing::Any;
use crate::whiteboard::wire::{put_buffer, put_uint};
use allocation_counter::measure;
use std::collections::HashMap;
use std::time::Instant;

/// A stroke of about 700 bytes.
fn stroke(number: usize) -> Any {
    let points: Vec<Any> =
        (0..28).map(|n| Any::from(vec![Any::from(n as f64 * 1.7), Any::from(number as f64 + 0.3)])).collect();
    let field = |name: &str, value: Any| (name.to_owned(), value);
    Any::from(HashMap::from([
        field("type", Any::from("freedraw")),
        field("strokeColor", Any::from("#1e1e1e")),
        field("x", Any::from(number as f64)),
        field("isDeleted", Any::from(false)),
        field("points", Any::from(points)),
    ]))
}

#[test]
fn an_open_board_takes_four_times_its_encoding_at_most() {
    for count in [100, 10_000] {
        let peer = Peer::new(1);
        let frames: Vec<Bytes> =
            (0..count).map(|n| peer.draw_whole(&format!("element-number-{n:06}"), stroke(n))).collect();
        let mut board = Board::default();
        let mut encoded = 0;
        let cost = measure(|| {
            let id = board.open(Duration::ZERO, drawer("anna", true), false);
            for (n, frame) in frames.iter().enumerate() {
                let now = ms(n as u64 * 10);
                // As it comes from a socket: memory of its own.
                board.receive(now, id, &Bytes::copy_from_slice(frame), &|| Duration::ZERO);
                board.tick(now);
                drop(board.take_effects());
            }
            board.tick(ms(1_000_000));
            drop(board.take_effects());
            encoded = board.snapshot().unwrap().len();
        });
        let kept = cost.bytes_current as usize;
        println!(
            "{count} strokes: {encoded} bytes encoded, {kept} kept, {:.1} times",
            kept as f64 / encoded as f64
        );
        assert!(kept <= 4 * encoded + 100_000, "{kept} for {encoded}");
    }
}

/// One block under client 66 with these bytes from its first on.
fn block(bytes: &[u8]) -> Bytes {
    let mut update = vec![1, 1, 66, 0];
    update.extend_from_slice(bytes);
    update.push(0);
    sync_message(UPDATE, &update)
}

/// Frames that would hurt a server that believes them.
fn killers() -> Vec<(&'static str, Bytes)> {
    let key = |content: &[u8]| [&[8 | 0x20, 1, 8], b"elements".as_slice(), &[1, b'k'], content].concat();
    let nested: Vec<u8> = [vec![1], [117, 1].repeat(500_000), vec![126]].concat();
    let claimed = |head: &[u8]| sync_message(UPDATE, &[head, &[255, 255, 255, 122]].concat());
    let mut huge = vec![1, 1, 66];
    put_uint(&mut huge, (1 << 31) + 5);
    huge.extend_from_slice(&key(&[1, 126]));
    huge.push(0);
    let mut far = vec![1, 1, 66];
    put_uint(&mut far, 1 << 30);
    far.extend_from_slice(&key(&[1, 118, 0]));
    far.push(0);
    let mut client = vec![1, 1];
    put_uint(&mut client, 1 << 60);
    client.extend_from_slice(&[0]);
    let mut deletes = vec![0, 1, 1, 1, 0];
    put_uint(&mut deletes, 1 << 30);
    let text = |bytes: &[u8]| {
        let mut value = vec![1, 118, 1, 1, b't', 119];
        put_buffer(&mut value, bytes);
        value
    };
    vec![
        ("nested values", block(&key(&nested))),
        ("claimed clients", claimed(&[])),
        ("claimed blocks", claimed(&[1])),
        ("claimed values", block(&key(&[255, 255, 255, 122]))),
        ("claimed deletes", claimed(&[0])),
        ("claimed state vector", sync_message(STEP_1, &[255, 255, 255, 122])),
        ("claimed presence", awareness_message(&[255, 255, 255, 122])),
        ("a clock beyond the end", sync_message(UPDATE, &huge)),
        ("a gap", sync_message(UPDATE, &far)),
        ("a client id beyond JavaScript", sync_message(UPDATE, &client)),
        ("deletes of what nobody drew yet", sync_message(UPDATE, &deletes)),
        ("no UTF-8", block(&key(&text(&[0xff; 64])))),
        ("a text too long", block(&key(&text(&[b'x'; 900_000])))),
        ("another root", block(&[8 | 0x20, 1, 4, b't', b'e', b'x', b't', 1, b'k', 1, 118, 0])),
    ]
}

#[test]
fn what_would_kill_a_server_costs_little_and_hurts_nobody() {
    let mut table = Table::default();
    let anna = table.join("anna", Peer::new(1), true);
    for (n, (name, frame)) in killers().iter().enumerate() {
        let mallory = table.join(&format!("mallory {n}"), Peer::new(100 + n as u64), true);
        let began = clock();
        let cost = measure(|| {
            table.board.receive(table.now, mallory, frame, &|| Duration::ZERO);
        });
        println!("{name}: {} bytes at most, {:?}", cost.bytes_max, clock() - began);
        assert!(cost.bytes_max < 1_000_000, "{name}: {}", cost.bytes_max);
        table.run();
        // Two of them may be honest, and are not taken; all others end their sender.
        let honest = ["a gap", "deletes of what nobody drew yet"].contains(name);
        assert_eq!(table.closed.last() == Some(&(mallory, CLOSE_PROTOCOL)), !honest, "{name}");
        table.draw(anna, "a", n as i32);
        table.wait(ms(100));
        assert_eq!(table.seen("a"), Some(n.to_string()), "{name}");
    }
    assert!(table.people.contains_key(&anna));
}

#[expect(clippy::disallowed_methods, reason = "the times are printed, not judged")]
fn clock() -> Instant {
    Instant::now()
}

/// Of a page of so many shapes: what an update costs that deletes three of them, which asks whether that was half of a page.
#[test]
fn deleting_a_few_costs_the_same_on_a_page_of_any_size() {
    for count in [100, 10_000, 20_000] {
        let (mut board, peer) = (Board::new(BoardLimits::default()), Peer::new(1));
        let id = board.open(Duration::ZERO, drawer("anna", true), false);
        let name = |n: usize| format!("element-number-{n:06}");
        for n in 0..count {
            board.receive(ms(n as u64 * 10), id, &peer.draw_whole(&name(n), stroke(n)), &|| Duration::ZERO);
        }
        let mut times: Vec<Duration> = (0..30)
            .map(|round| {
                let gone = peer.change(|transaction| {
                    let map = transaction.get_or_insert_map("elements");
                    for n in 0..3 {
                        map.remove(transaction, &name(round * 3 + n));
                    }
                });
                let began = clock();
                board.receive(ms(1_000_000), id, &sync_message(UPDATE, &gone), &|| Duration::ZERO);
                clock() - began
            })
            .collect();
        times.sort();
        println!("{count} shapes: three of them deleted in {:?} (half of the times)", times[15]);
    }
}
