//! The committed file, looped and decoded by Debian's `opusdec` (opus-tools), is the piece that this program plays,
//! and where its end meets its beginning nothing is heard.

use hold_music::{LENGTH, encode};
use std::io;
use std::process::Command;

/// Samples that the decoder is later than the piece: libopus's look-ahead, 6.5 ms.
const PRE_SKIP: usize = 312;

/// Left samples of the file's packets played `times` times.
fn decode_looped(times: usize) -> io::Result<Vec<f32>> {
    let file = encode::packets(include_bytes!("../hold-music.opus"))?;
    let looped = encode::write_ogg(&vec![&file[2..]; times].concat(), 0)?;
    let folder = std::env::temp_dir().join(format!("hold-music-test-{}", std::process::id()));
    std::fs::create_dir(&folder)?;
    let (input, output) = (folder.join("looped.opus"), folder.join("looped.wav"));
    std::fs::write(&input, looped)?;
    let status =
        Command::new("opusdec").args(["--quiet", "--float", "--force-wav"]).args([&input, &output]).status();
    let wav = std::fs::read(&output);
    std::fs::remove_dir_all(&folder)?;
    assert!(
        status.expect("opusdec starts (Debian package opus-tools)").success(),
        "opusdec decodes the file"
    );
    let wav = wav?;
    let data = wav.windows(4).position(|w| w == b"data").ok_or(io::ErrorKind::InvalidData)? + 8;
    Ok(wav[data..]
        .chunks_exact(8)
        .map(|both| f32::from_le_bytes([both[0], both[1], both[2], both[3]]))
        .collect())
}

/// How sharply the curve bends at a sample: a click is a bend far above its surroundings.
fn bend(samples: &[f32], i: usize) -> f32 {
    (samples[i + 1] - 2.0 * samples[i] + samples[i - 1]).abs()
}

fn power(samples: impl Iterator<Item = f32>) -> f64 {
    samples.map(|s| f64::from(s).powi(2)).sum()
}

#[test]
fn the_committed_file_loops_without_a_seam() {
    let heard = decode_looped(2).expect("the file is decoded");
    assert!(heard.len() >= 2 * LENGTH - 960, "{} samples", heard.len());

    // The packets start at the second pass: what comes out first is the last PRE_SKIP samples of the piece.
    let piece = hold_music::compose().left;
    let expected = |i: usize| piece[(i + LENGTH - PRE_SKIP) % LENGTH];
    let all = 960..heard.len();
    let difference = power(all.clone().map(|i| heard[i] - expected(i)));
    let signal = power(all.map(expected));
    // The encoder leaves 1.2 % of the power; another piece would leave 200 %.
    assert!(difference < signal / 30.0, "the file is not this piece: make it anew with this program");

    let seam = LENGTH;
    let near = (seam - 960..seam + 960).map(|i| bend(&heard, i)).fold(0.0, f32::max);
    let elsewhere = (seam - 480_000..seam + 480_000)
        .filter(|i| i.abs_diff(seam) > 960)
        .map(|i| bend(&heard, i))
        .fold(0.0, f32::max);
    assert!(near < elsewhere, "bend of {near} at the seam, at most {elsewhere} elsewhere");

    // After the seam the decoder is where it was in the middle of a pass: as near to the piece as anywhere.
    let error = |from: usize| power((from..from + 960).map(|i| heard[i] - expected(i)));
    let usual = (0..50).map(|k| error(seam / 2 + k * 960)).fold(0.0, f64::max);
    for k in 0..10 {
        assert!(error(seam + k * 960) < 3.0 * usual, "packet {k} after the seam is off");
    }
}
