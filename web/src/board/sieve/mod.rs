//! What may be put on a board, looked at byte by byte as it comes in: the container of a picture is walked, and only
//! what a browser needs to draw it passes. Where it was taken, by which machine, when, thumbnails, profiles, comments
//! and whatever follows its end are left out.
//!
//! Pure; decodes no picture; holds at most 64 KiB of a file. Bytes from the network: everything may be wrong.

mod jpeg;
mod png;
#[cfg(test)]
mod tests;
mod webp;

use jpeg::Jpeg;
use png::Png;
use webp::Webp;

/// The kinds of files that a board takes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// A picture.
    Png,
    /// A picture.
    Jpeg,
    /// A picture.
    Webp,
    /// Slides; drawn by the browser, and nothing is left out of them.
    Pdf,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Png, Self::Jpeg, Self::Webp, Self::Pdf];

    /// Its media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Webp => "image/webp",
            Self::Pdf => "application/pdf",
        }
    }

    /// The one that is called so.
    pub fn of_media_type(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.media_type().eq_ignore_ascii_case(text))
    }
}

/// Why a file is not taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Unfit {
    /// It does not begin as its kind does.
    #[error("This file is not what its type says. Boards take PNG, JPEG and WebP pictures and PDF files.")]
    OtherKind,
    /// It breaks its format, or ends too early.
    #[error("This file is damaged or incomplete.")]
    Damaged,
    /// So many pixels that browsers would choke on them.
    #[error("This picture has too many pixels. Make it smaller and try again.")]
    TooManyPixels,
    /// It moves.
    #[error("Moving pictures cannot be put on a board.")]
    Moving,
}

/// See the module's text.
#[derive(Debug)]
pub struct Sieve(Walk);

#[derive(Debug)]
enum Walk {
    Png(Png),
    Jpeg(Jpeg),
    Webp(Webp),
    Pdf(usize),
}

const PDF_MAGIC: &[u8] = b"%PDF-";

impl Sieve {
    /// For a file of this kind.
    pub fn new(kind: Kind) -> Self {
        Self(match kind {
            Kind::Png => Walk::Png(Png::default()),
            Kind::Jpeg => Walk::Jpeg(Jpeg::default()),
            Kind::Webp => Walk::Webp(Webp::default()),
            Kind::Pdf => Walk::Pdf(0),
        })
    }

    /// Takes the next bytes, however they are cut, and adds to `out` what may pass.
    pub fn push(&mut self, bytes: &[u8], out: &mut Vec<u8>) -> Result<(), Unfit> {
        match &mut self.0 {
            Walk::Png(png) => png.push(bytes, out),
            Walk::Jpeg(jpeg) => jpeg.push(bytes, out),
            Walk::Webp(webp) => webp.push(bytes, out),
            Walk::Pdf(read) => {
                let magic = PDF_MAGIC.iter().skip(*read);
                if magic.zip(bytes).any(|(expected, byte)| expected != byte) {
                    return Err(Unfit::OtherKind);
                }
                *read = read.saturating_add(bytes.len());
                out.extend_from_slice(bytes);
                Ok(())
            }
        }
    }

    /// There are no more bytes.
    pub fn finish(&self) -> Result<(), Unfit> {
        let whole = match &self.0 {
            Walk::Png(png) => png.is_whole(),
            Walk::Jpeg(jpeg) => jpeg.is_whole(),
            Walk::Webp(webp) => webp.is_whole(),
            Walk::Pdf(read) => *read > PDF_MAGIC.len(),
        };
        if whole { Ok(()) } else { Err(Unfit::Damaged) }
    }
}

/// Sides and pixels that every browser draws.
const SIDE_MAX: u32 = 16_384;
const PIXELS_MAX: u64 = 64 << 20;

fn check_size(width: u32, height: u32) -> Result<(), Unfit> {
    if width == 0 || height == 0 {
        return Err(Unfit::Damaged);
    }
    let fits = width.max(height) <= SIDE_MAX && u64::from(width) * u64::from(height) <= PIXELS_MAX;
    if fits { Ok(()) } else { Err(Unfit::TooManyPixels) }
}

/// Bytes that have to be together before they say anything.
#[derive(Default, Debug)]
struct Gather(Vec<u8>);

impl Gather {
    /// Takes from the front of `bytes` until there are `wanted`, and hands them out then.
    fn take(&mut self, bytes: &mut &[u8], wanted: usize) -> Option<Vec<u8>> {
        let (now, rest) = bytes.split_at(bytes.len().min(wanted.saturating_sub(self.0.len())));
        self.0.extend_from_slice(now);
        *bytes = rest;
        (self.0.len() >= wanted).then(|| std::mem::take(&mut self.0))
    }
}

/// Up to `left` bytes from the front, counted off.
fn advance<'a>(bytes: &mut &'a [u8], left: &mut u64) -> &'a [u8] {
    let length = usize::try_from(*left).unwrap_or(usize::MAX).min(bytes.len());
    let (now, rest) = bytes.split_at(length);
    *bytes = rest;
    *left -= length as u64;
    now
}
