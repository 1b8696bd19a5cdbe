//! JPEG (ITU-T T.81): segments behind markers, of which those pass that draw, and the coded picture between them.

use super::{Gather, Unfit, advance, check_size};

/// See the module's text.
#[derive(Default, Debug)]
pub(super) struct Jpeg {
    gather: Gather,
    at: At,
    seen_frame: bool,
    seen_scan: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
enum At {
    /// The first two bytes.
    #[default]
    Start,
    /// `0xff` has to come.
    Marker,
    /// What stands behind `0xff`, which may be repeated.
    Code,
    /// The two bytes of a segment's length.
    Length { code: u8 },
    /// The rest of a segment that may pass.
    Segment { code: u8, length: usize },
    /// The rest of one that does not.
    Skip { left: u64 },
    /// The coded picture.
    Coded,
    /// In it, behind `0xff`.
    CodedMark,
    /// Behind the end.
    End,
}

const EOI: u8 = 0xd9;
const SOS: u8 = 0xda;
const APP0: u8 = 0xe0;
const ADOBE: u8 = 0xee;
/// `JFIF`, version, density, no thumbnail.
const JFIF_LENGTH: usize = 14;

impl Jpeg {
    pub(super) fn push(&mut self, mut bytes: &[u8], out: &mut Vec<u8>) -> Result<(), Unfit> {
        while !bytes.is_empty() {
            self.at = match self.at {
                At::Start => {
                    let Some(start) = self.gather.take(&mut bytes, 2) else { break };
                    if start != [0xff, 0xd8] {
                        return Err(Unfit::OtherKind);
                    }
                    out.extend(start);
                    At::Marker
                }
                At::Marker => match next(&mut bytes) {
                    0xff => At::Code,
                    _ => return Err(Unfit::Damaged),
                },
                At::Code | At::CodedMark => self.marked(next(&mut bytes), out)?,
                At::Length { code } => {
                    let Some(length) = self.gather.take(&mut bytes, 2) else { break };
                    self.segment(code, &length)?
                }
                At::Segment { code, length } => {
                    let Some(segment) = self.gather.take(&mut bytes, length) else { break };
                    self.pass(code, &segment, out)?
                }
                At::Skip { mut left } => {
                    advance(&mut bytes, &mut left);
                    if left == 0 { At::Marker } else { At::Skip { left } }
                }
                At::Coded => {
                    let plain = bytes.iter().position(|byte| *byte == 0xff).unwrap_or(bytes.len());
                    let (now, rest) = bytes.split_at(plain);
                    out.extend_from_slice(now);
                    bytes = rest.get(1..).unwrap_or_default();
                    if rest.is_empty() { At::Coded } else { At::CodedMark }
                }
                // Second pictures and what else cameras put there.
                At::End => break,
            };
        }
        Ok(())
    }

    fn marked(&self, code: u8, out: &mut Vec<u8>) -> Result<At, Unfit> {
        match code {
            // Filling.
            0xff => Ok(self.at),
            // A coded 0xff, and the eight marks from which decoding may start again.
            0x00 | 0xd0..=0xd7 if self.at == At::CodedMark => {
                out.extend([0xff, code]);
                Ok(At::Coded)
            }
            EOI if self.seen_scan => {
                out.extend([0xff, EOI]);
                Ok(At::End)
            }
            0xc0..=0xc7 | 0xc9..=0xcf | SOS..=0xdd | 0xe0..=0xef | 0xfe => Ok(At::Length { code }),
            _ => Err(Unfit::Damaged),
        }
    }

    fn segment(&self, code: u8, length: &[u8]) -> Result<At, Unfit> {
        let length = usize::from(number(length, 0)).checked_sub(2).ok_or(Unfit::Damaged)?;
        let draws = matches!(code, 0xc0..=0xcf | 0xda..=0xdd);
        // Of the applications' segments only those that say how colours are coded.
        let colours = (code == APP0 && length == JFIF_LENGTH) || (code == ADOBE && length == 12);
        Ok(match (draws || colours, length) {
            (true, 0) => return Err(Unfit::Damaged),
            (true, length) => At::Segment { code, length },
            (false, 0) => At::Marker,
            (false, length) => At::Skip { left: length as u64 },
        })
    }

    fn pass(&mut self, code: u8, segment: &[u8], out: &mut Vec<u8>) -> Result<At, Unfit> {
        let told = match code {
            APP0 => segment.starts_with(b"JFIF\0") && segment.ends_with(&[0, 0]),
            ADOBE => segment.starts_with(b"Adobe"),
            _ => true,
        };
        // 0xc4 and 0xcc are tables; the others of their row begin the picture.
        if matches!(code, 0xc0..=0xcf) && !matches!(code, 0xc4 | 0xcc) {
            check_size(u32::from(number(segment, 3)), u32::from(number(segment, 1)))?;
            self.seen_frame = true;
        }
        if told {
            let length = u16::try_from(segment.len() + 2).map_err(|_too_long| Unfit::Damaged)?;
            out.extend([0xff, code]);
            out.extend(length.to_be_bytes());
            out.extend_from_slice(segment);
        }
        if code != SOS {
            return Ok(At::Marker);
        }
        if !self.seen_frame {
            return Err(Unfit::Damaged);
        }
        self.seen_scan = true;
        Ok(At::Coded)
    }

    pub(super) fn is_whole(&self) -> bool {
        self.at == At::End
    }
}

/// The first of at least one.
fn next(bytes: &mut &[u8]) -> u8 {
    let (first, rest) = bytes.split_first().map_or((0, *bytes), |(first, rest)| (*first, rest));
    *bytes = rest;
    first
}

fn number(bytes: &[u8], at: usize) -> u16 {
    bytes.get(at..).and_then(|rest| rest.first_chunk()).map_or(0, |two| u16::from_be_bytes(*two))
}
