//! PNG (W3C Recommendation, third edition): a signature and chunks, of which those pass that draw.

use super::{Gather, Unfit, advance, check_size};

const SIGNATURE: [u8; 8] = [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n'];
/// Everything else is text, time, EXIF, profiles (which name screens and their serial numbers), or unknown.
const DRAWING: [&[u8; 4]; 12] = [
    b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"sBIT", b"bKGD", b"pHYs", b"cICP",
    b"hIST",
];
/// Chunks of moving pictures.
const MOVING: [&[u8; 4]; 3] = [b"acTL", b"fcTL", b"fdAT"];
const HEADER: usize = 8;
const CHECKSUM: u64 = 4;
/// Length, name, 13 bytes, checksum.
const IHDR: usize = HEADER + 13 + 4;

/// See the module's text.
#[derive(Default, Debug)]
pub(super) struct Png {
    gather: Gather,
    at: At,
    seen_picture: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
enum At {
    #[default]
    Signature,
    Ihdr,
    Header,
    Body {
        left: u64,
        passes: bool,
        last: bool,
    },
    End,
}

impl Png {
    pub(super) fn push(&mut self, mut bytes: &[u8], out: &mut Vec<u8>) -> Result<(), Unfit> {
        while !bytes.is_empty() {
            match &mut self.at {
                At::Signature => {
                    let Some(signature) = self.gather.take(&mut bytes, SIGNATURE.len()) else { break };
                    if signature != SIGNATURE {
                        return Err(Unfit::OtherKind);
                    }
                    out.extend(signature);
                    self.at = At::Ihdr;
                }
                At::Ihdr => {
                    let Some(ihdr) = self.gather.take(&mut bytes, IHDR) else { break };
                    if !ihdr.starts_with(&[0, 0, 0, 13, b'I', b'H', b'D', b'R']) {
                        return Err(Unfit::Damaged);
                    }
                    check_size(number(&ihdr, 8), number(&ihdr, 12))?;
                    out.extend(ihdr);
                    self.at = At::Header;
                }
                At::Header => {
                    let Some(header) = self.gather.take(&mut bytes, HEADER) else { break };
                    self.at = self.chunk(&header)?;
                    if matches!(self.at, At::Body { passes: true, .. }) {
                        out.extend(header);
                    }
                }
                At::Body { left, passes, last } => {
                    let now = advance(&mut bytes, left);
                    if *passes {
                        out.extend_from_slice(now);
                    }
                    if *left == 0 {
                        self.at = if *last { At::End } else { At::Header };
                    }
                }
                // Whatever follows the picture is no part of it.
                At::End => break,
            }
        }
        Ok(())
    }

    fn chunk(&mut self, header: &[u8]) -> Result<At, Unfit> {
        let length = number(header, 0);
        let name = header.get(4..).unwrap_or_default();
        if MOVING.iter().any(|moving| name == *moving) {
            return Err(Unfit::Moving);
        }
        let passes = DRAWING.iter().any(|drawing| name == *drawing);
        // A capital at the front: nobody can draw the picture who does not know the chunk.
        let critical = name.first().is_some_and(u8::is_ascii_uppercase);
        if length > 0x7fff_ffff || (critical && !passes) || !name.iter().all(u8::is_ascii_alphabetic) {
            return Err(Unfit::Damaged);
        }
        self.seen_picture |= name == b"IDAT";
        let last = name == b"IEND";
        if last && !self.seen_picture {
            return Err(Unfit::Damaged);
        }
        Ok(At::Body { left: u64::from(length) + CHECKSUM, passes, last })
    }

    pub(super) fn is_whole(&self) -> bool {
        self.at == At::End
    }
}

fn number(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..).and_then(|rest| rest.first_chunk()).map_or(0, |four| u32::from_be_bytes(*four))
}
