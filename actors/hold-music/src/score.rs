//! The piece on paper: “Linoleum um halb neun”, a slow bossa in F, 48 bars of 4/4 in six sections of eight.
//! Sections: A, A with an ending, bridge, A with an ending, a walk through A flat, A with a turn home. Numbers only; nothing sounds here.

/// Samples per second of everything.
pub const RATE: u32 = 48_000;
/// Samples of an eighth: 109 quarters a minute. Eight of them are 110 Opus frames of 20 ms exactly.
pub const EIGHTH: usize = 13_200;
/// Bars of the piece.
pub const BARS: usize = 48;
/// Samples of the whole loop.
pub const LENGTH: usize = BARS * 8 * EIGHTH;

/// A chord: what the bass plays and the four notes of the rootless voicing, as pitch classes (0 = C).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Chord {
    /// The bass's note, MIDI number.
    pub root: u8,
    /// The bass's other note, MIDI number.
    pub fifth: u8,
    /// Pitch classes of the four upper voices.
    pub tones: [u8; 4],
}

const fn chord(root: u8, fifth: u8, tones: [u8; 4]) -> Chord {
    Chord { root, fifth, tones }
}

const C: u8 = 0;
const DB: u8 = 1;
const D: u8 = 2;
const EB: u8 = 3;
const E: u8 = 4;
const F: u8 = 5;
const G: u8 = 7;
const AB: u8 = 8;
const A: u8 = 9;
const BB: u8 = 10;
const B: u8 = 11;

const F_MAJ9: Chord = chord(41, 48, [A, C, E, G]);
const F_69: Chord = chord(41, 36, [A, C, D, G]);
const F_OVER_C: Chord = chord(48, 43, [A, C, E, G]);
const D_M9: Chord = chord(38, 45, [F, A, C, E]);
const G_M9: Chord = chord(43, 38, [BB, D, F, A]);
const C_13: Chord = chord(36, 43, [E, A, BB, D]);
const C_SUS: Chord = chord(36, 43, [BB, D, F, A]);
const C_7B9: Chord = chord(36, 43, [E, G, BB, DB]);
const A_M11: Chord = chord(45, 40, [C, D, E, G]);
const AB_DIM: Chord = chord(44, 38, [AB, B, D, F]);
const BB_MAJ9: Chord = chord(46, 41, [D, F, A, C]);
const EB_9: Chord = chord(39, 46, [G, BB, DB, F]);
const BB_M6: Chord = chord(46, 41, [DB, F, G, C]);
const AB_MAJ9: Chord = chord(44, 39, [C, EB, G, BB]);
const F_M9: Chord = chord(41, 48, [AB, C, EB, G]);
const BB_M9: Chord = chord(46, 41, [DB, F, AB, C]);
const EB_13: Chord = chord(39, 46, [G, C, DB, F]);
const DB_MAJ9: Chord = chord(37, 44, [F, AB, C, EB]);
const G_HALF: Chord = chord(43, 37, [BB, C, DB, F]);

/// A bar is two half-bars.
type Bar = [Chord; 2];

const fn whole(c: Chord) -> Bar {
    [c, c]
}

const THEME: [Bar; 8] = [
    whole(F_MAJ9),
    whole(D_M9),
    whole(G_M9),
    whole(C_13),
    whole(A_M11),
    whole(AB_DIM),
    whole(G_M9),
    [C_SUS, C_13],
];
const THEME_ENDING: [Bar; 8] = [
    whole(F_MAJ9),
    whole(D_M9),
    whole(G_M9),
    whole(C_13),
    whole(A_M11),
    whole(AB_DIM),
    [G_M9, C_13],
    whole(F_69),
];
const THEME_HOME: [Bar; 8] = [
    whole(F_MAJ9),
    whole(D_M9),
    whole(G_M9),
    whole(C_13),
    whole(A_M11),
    whole(AB_DIM),
    [G_M9, C_13],
    [F_69, C_SUS],
];
const BRIDGE: [Bar; 8] = [
    whole(BB_MAJ9),
    whole(EB_9),
    whole(A_M11),
    whole(D_M9),
    whole(G_M9),
    whole(BB_M6),
    [F_OVER_C, D_M9],
    [G_M9, C_13],
];
const WALK: [Bar; 8] = [
    whole(AB_MAJ9),
    whole(F_M9),
    whole(BB_M9),
    whole(EB_13),
    whole(AB_MAJ9),
    whole(DB_MAJ9),
    whole(G_HALF),
    whole(C_7B9),
];

const FORM: [&[Bar; 8]; 6] = [&THEME, &THEME_ENDING, &BRIDGE, &THEME_ENDING, &WALK, &THEME_HOME];

/// The chord of a half-bar, counted through the piece and around its end.
pub fn chord_at(half_bar: usize) -> Chord {
    let half_bar = half_bar % (BARS * 2);
    FORM[half_bar / 16][half_bar / 2 % 8][half_bar % 2]
}

/// A note of the melody.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Note {
    /// Start, eighths from the beginning of its section.
    pub at: usize,
    /// MIDI number.
    pub pitch: u8,
    /// Eighths.
    pub length: usize,
}

/// Bar of the section, eighth in the bar, pitch, length in eighths.
type Written = (usize, usize, u8, usize);

const MELODY_THEME: &[Written] = &[
    (0, 1, 72, 1),
    (0, 2, 76, 1),
    (0, 3, 79, 4),
    (0, 7, 76, 4),
    (1, 3, 74, 1),
    (1, 4, 72, 4),
    (2, 1, 70, 1),
    (2, 2, 74, 1),
    (2, 3, 77, 4),
    (2, 7, 74, 1),
    (3, 0, 76, 3),
    (3, 3, 74, 1),
    (3, 4, 69, 4),
    (4, 1, 72, 1),
    (4, 2, 76, 1),
    (4, 3, 79, 3),
    (4, 6, 81, 1),
    (4, 7, 79, 1),
    (5, 0, 77, 3),
    (5, 3, 74, 1),
    (5, 4, 71, 4),
    (6, 0, 70, 2),
    (6, 2, 74, 1),
    (6, 3, 77, 2),
    (6, 5, 81, 2),
    (7, 0, 77, 3),
    (7, 3, 76, 1),
    (7, 4, 74, 4),
];
const MELODY_ENDING: &[Written] = &[
    (0, 1, 72, 1),
    (0, 2, 76, 1),
    (0, 3, 79, 5),
    (1, 0, 81, 2),
    (1, 2, 79, 1),
    (1, 3, 77, 1),
    (1, 4, 76, 4),
    (2, 1, 70, 1),
    (2, 2, 74, 1),
    (2, 3, 77, 5),
    (3, 0, 79, 2),
    (3, 2, 76, 1),
    (3, 3, 74, 1),
    (3, 4, 69, 4),
    (4, 1, 72, 1),
    (4, 2, 74, 1),
    (4, 3, 79, 4),
    (5, 0, 77, 2),
    (5, 2, 74, 1),
    (5, 3, 71, 1),
    (5, 4, 74, 4),
    (6, 0, 70, 1),
    (6, 1, 72, 1),
    (6, 2, 74, 1),
    (6, 3, 77, 1),
    (6, 4, 76, 2),
    (6, 6, 74, 2),
    (7, 0, 72, 6),
];
const MELODY_BRIDGE: &[Written] = &[
    (0, 0, 81, 3),
    (0, 3, 77, 1),
    (0, 4, 74, 2),
    (0, 6, 77, 1),
    (0, 7, 81, 1),
    (1, 0, 79, 5),
    (1, 5, 77, 1),
    (1, 6, 82, 2),
    (2, 0, 79, 3),
    (2, 3, 76, 1),
    (2, 4, 72, 2),
    (2, 6, 76, 1),
    (2, 7, 79, 1),
    (3, 0, 76, 5),
    (3, 5, 77, 1),
    (3, 6, 81, 2),
    (4, 0, 82, 3),
    (4, 3, 81, 1),
    (4, 4, 77, 2),
    (4, 6, 74, 1),
    (4, 7, 77, 1),
    (5, 0, 84, 3),
    (5, 3, 82, 1),
    (5, 4, 79, 2),
    (5, 6, 77, 2),
    (6, 0, 76, 3),
    (6, 3, 79, 1),
    (6, 4, 81, 2),
    (6, 6, 77, 2),
    (7, 0, 74, 3),
    (7, 3, 77, 1),
    (7, 4, 76, 4),
];
const MELODY_WALK: &[Written] = &[
    (0, 1, 72, 1),
    (0, 2, 75, 1),
    (0, 3, 79, 5),
    (1, 1, 79, 1),
    (1, 2, 80, 1),
    (1, 3, 79, 2),
    (1, 5, 75, 3),
    (2, 1, 73, 1),
    (2, 2, 77, 1),
    (2, 3, 80, 5),
    (3, 2, 82, 1),
    (3, 3, 79, 2),
    (3, 5, 77, 3),
    (4, 0, 75, 3),
    (4, 3, 72, 1),
    (4, 4, 70, 4),
    (5, 0, 72, 3),
    (5, 3, 68, 1),
    (5, 4, 75, 4),
    (6, 0, 73, 3),
    (6, 3, 77, 1),
    (6, 4, 70, 4),
    (7, 0, 70, 2),
    (7, 2, 73, 1),
    (7, 3, 76, 2),
    (7, 5, 79, 2),
];
/// The last time: half of it said, the rest left to the chords.
const MELODY_HOME: &[Written] = &[
    (0, 3, 79, 5),
    (1, 4, 76, 4),
    (2, 3, 77, 5),
    (3, 0, 76, 3),
    (3, 3, 74, 1),
    (3, 4, 69, 4),
    (4, 3, 79, 4),
    (5, 0, 77, 3),
    (5, 4, 74, 4),
    (6, 0, 70, 1),
    (6, 1, 72, 1),
    (6, 2, 74, 1),
    (6, 3, 77, 1),
    (6, 4, 76, 2),
    (6, 6, 74, 2),
    (7, 0, 72, 4),
];

const MELODIES: [&[Written]; 6] =
    [MELODY_THEME, MELODY_ENDING, MELODY_BRIDGE, MELODY_ENDING, MELODY_WALK, MELODY_HOME];

/// The melody of one of the six sections.
pub fn melody(section: usize) -> impl Iterator<Item = Note> {
    MELODIES[section % MELODIES.len()].iter().map(|&(bar, eighth, pitch, length)| Note {
        at: bar * 8 + eighth,
        pitch,
        length,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_loop_is_whole_opus_frames_and_long_enough() {
        assert_eq!(LENGTH % (RATE as usize / 50), 0);
        assert!(LENGTH >= 90 * RATE as usize);
    }

    /// No long note lies a semitone above a voice of its chord, unless it is itself one of the chord's voices.
    #[test]
    fn long_melody_notes_sit_well_on_their_chords() {
        let mut rubs = Vec::new();
        for section in 0..6 {
            for note in melody(section).filter(|n| n.length >= 3) {
                // An eighth before the bar line belongs to the next bar.
                let half = section * 16 + (note.at + usize::from(note.at % 8 == 7)) / 4;
                let tones = chord_at(half).tones;
                let own = note.pitch % 12;
                if !tones.contains(&own) && tones.iter().any(|tone| (own + 12 - tone) % 12 == 1) {
                    rubs.push((section, note, chord_at(half)));
                }
            }
        }
        assert!(rubs.is_empty(), "{rubs:#?}");
    }

    #[test]
    fn melodies_keep_to_their_sections_and_do_not_overlap() {
        for section in 0..6 {
            let notes: Vec<Note> = melody(section).collect();
            assert!(notes.last().is_some_and(|n| n.at + n.length <= 64));
            for pair in notes.windows(2) {
                assert!(pair[0].at + pair[0].length <= pair[1].at, "section {section}: {pair:?}");
            }
        }
    }
}
