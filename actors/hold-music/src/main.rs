//! `cargo run --release -p hold-music -- hold-music.opus` makes the file anew; a name ending in `.wav` gets the samples, played twice.

use hold_music::{BAND, Part, encode};

fn main() -> std::io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let path = arguments
        .next()
        .ok_or_else(|| std::io::Error::other("usage: hold-music FILE.opus | FILE.wav [PART…]"))?;
    let parts: Vec<Part> = arguments
        .filter_map(|name| BAND.into_iter().find(|p| format!("{p:?}").eq_ignore_ascii_case(&name)))
        .collect();
    let tape = hold_music::record(if parts.is_empty() { &BAND } else { &parts });
    let wav = encode::twice_as_wav(&tape);
    let file = if path.ends_with(".wav") { wav } else { encode::keep_second_time(&encode::opusenc(&wav)?)? };
    std::fs::write(path, file)
}
