//! WebP (RFC 9649): a RIFF file. Its length stands at its front, so what is not to pass is not cut out but blanked: the
//! chunk is called `JUNK`, which readers skip, and filled with zeros.

use super::{Gather, Unfit, advance, check_size};

const START: usize = 12;
const HEADER: usize = 8;
/// Of the features that `VP8X` tells, the one that is left: alpha.
const ALPHA: u8 = 0x10;
const ANIMATED: u8 = 0x02;

/// See the module's text.
#[derive(Default, Debug)]
pub(super) struct Webp {
    gather: Gather,
    at: At,
    /// Bytes that the file still has by its own account.
    left: u64,
    seen_any: bool,
    seen_picture: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
enum At {
    #[default]
    Start,
    Header,
    /// The front of a chunk that says how large the picture is.
    Front {
        of: Front,
        length: u64,
    },
    Body {
        left: u64,
        passes: bool,
    },
    End,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Front {
    Extended,
    Lossy,
    Lossless,
}

impl Front {
    fn length(self) -> usize {
        match self {
            Self::Extended | Self::Lossy => 10,
            Self::Lossless => 5,
        }
    }
}

impl Webp {
    pub(super) fn push(&mut self, mut bytes: &[u8], out: &mut Vec<u8>) -> Result<(), Unfit> {
        while !bytes.is_empty() {
            self.at = match self.at {
                At::Start => {
                    let Some(start) = self.gather.take(&mut bytes, START) else { break };
                    if !start.starts_with(b"RIFF") || !start.ends_with(b"WEBP") {
                        return Err(Unfit::OtherKind);
                    }
                    self.left = u64::from(number(&start, 4)).checked_sub(4).ok_or(Unfit::Damaged)?;
                    out.extend(start);
                    At::Header
                }
                At::Header => {
                    let Some(mut header) = self.gather.take(&mut bytes, HEADER) else { break };
                    let at = self.chunk(&header)?;
                    if matches!(at, At::Body { passes: false, .. }) {
                        header.splice(..4, *b"JUNK");
                    }
                    out.extend(header);
                    self.after(at)
                }
                At::Front { of, length } => {
                    let Some(mut front) = self.gather.take(&mut bytes, of.length()) else { break };
                    look(of, &mut front)?;
                    out.extend(front);
                    self.after(At::Body { left: length - of.length() as u64, passes: true })
                }
                At::Body { mut left, passes } => {
                    let now = advance(&mut bytes, &mut left);
                    if passes {
                        out.extend_from_slice(now);
                    } else {
                        out.resize(out.len() + now.len(), 0);
                    }
                    self.after(At::Body { left, passes })
                }
                At::End => break,
            };
        }
        Ok(())
    }

    /// A chunk that is read to its end is followed by another, or by the file's end.
    fn after(&self, at: At) -> At {
        match at {
            At::Body { left: 0, .. } if self.left == 0 => At::End,
            At::Body { left: 0, .. } => At::Header,
            other => other,
        }
    }

    fn chunk(&mut self, header: &[u8]) -> Result<At, Unfit> {
        let length = u64::from(number(header, 4));
        // Chunks begin at even places.
        let padded = length + (length & 1);
        self.left = self.left.checked_sub(HEADER as u64 + padded).ok_or(Unfit::Damaged)?;
        let front = match header.get(..4).unwrap_or_default() {
            b"VP8X" if !self.seen_any => Front::Extended,
            b"VP8 " if !self.seen_picture => Front::Lossy,
            b"VP8L" if !self.seen_picture => Front::Lossless,
            b"ANIM" | b"ANMF" => return Err(Unfit::Moving),
            b"VP8X" | b"VP8 " | b"VP8L" => return Err(Unfit::Damaged),
            name => {
                self.seen_any = true;
                return Ok(At::Body { left: padded, passes: name == b"ALPH" });
            }
        };
        self.seen_any = true;
        self.seen_picture |= front != Front::Extended;
        let whole = if front == Front::Extended { length == 10 } else { length >= front.length() as u64 };
        if whole { Ok(At::Front { of: front, length: padded }) } else { Err(Unfit::Damaged) }
    }

    pub(super) fn is_whole(&self) -> bool {
        self.at == At::End && self.seen_picture
    }
}

/// How large the picture is; and an extended one loses what it says of things that are blanked.
fn look(of: Front, front: &mut [u8]) -> Result<(), Unfit> {
    match of {
        Front::Extended => {
            if front.first().is_some_and(|features| features & ANIMATED != 0) {
                return Err(Unfit::Moving);
            }
            if let Some(features) = front.first_mut() {
                *features &= ALPHA;
            }
            let side = |at| (number(front, at) & 0x00ff_ffff) + 1;
            // The last three bytes are gathered alone: four would reach beyond the chunk.
            check_size(side(4), (number(front, 6) >> 8) + 1)
        }
        Front::Lossy => {
            if front.get(3..6) != Some(&[0x9d, 0x01, 0x2a]) {
                return Err(Unfit::Damaged);
            }
            let sides = number(front, 6);
            check_size(sides & 0x3fff, (sides >> 16) & 0x3fff)
        }
        Front::Lossless => {
            if front.first() != Some(&0x2f) {
                return Err(Unfit::Damaged);
            }
            let sides = number(front, 1);
            check_size((sides & 0x3fff) + 1, ((sides >> 14) & 0x3fff) + 1)
        }
    }
}

fn number(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..).and_then(|rest| rest.first_chunk()).map_or(0, |four| u32::from_le_bytes(*four))
}
