//! Which frames of a source pass a slot, by VP8's temporal layers (RFC 7741 §4.2). Pure.
//!
//! Lower at any frame; higher only where a decoder can follow: at a key frame, or one layer up at a frame of that layer
//! which needs the base layer alone (Y). A frame passes whole or not at all.

use crate::vp8::Descriptor;

/// Highest temporal layer there can be: nothing is held back.
pub(crate) const TEMPORAL_MAX: u8 = 3;

/// What to do with a packet that comes in its order.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Verdict {
    Passes,
    /// Held back; `begins` marks a picture's first packet, so that pictures can be counted.
    HeldBack {
        begins: bool,
    },
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Thinning {
    wanted: u8,
    highest: u8,
    /// The picture that the last packet belonged to, and whether it passes.
    picture: Option<(u16, u32)>,
    passes: bool,
}

impl Thinning {
    pub(crate) fn new() -> Self {
        Self { wanted: TEMPORAL_MAX, highest: TEMPORAL_MAX, picture: None, passes: true }
    }

    /// The highest temporal layer to pass, as soon as that can be done.
    pub(crate) fn want(&mut self, highest: u8) {
        self.wanted = highest.min(TEMPORAL_MAX);
    }

    /// Another source begins, at a key frame.
    pub(crate) fn begin(&mut self) {
        self.highest = self.wanted;
        self.picture = None;
    }

    pub(crate) fn judge(&mut self, vp8: &Descriptor, timestamp: u32) -> Verdict {
        let picture = Some((vp8.picture_id().unwrap_or(0), timestamp));
        let begins = self.picture != picture;
        if begins {
            self.picture = picture;
            let one_up = vp8.sync && vp8.temporal == self.highest + 1;
            if self.wanted < self.highest || vp8.key_frame {
                self.highest = self.wanted;
            } else if one_up && vp8.temporal <= self.wanted {
                self.highest = vp8.temporal;
            }
            self.passes = vp8.temporal <= self.highest;
        }
        if self.passes { Verdict::Passes } else { Verdict::HeldBack { begins } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(picture: u16, temporal: u8, sync: bool) -> Descriptor {
        let [high, low] = (picture | 0x8000).to_be_bytes();
        let layer = temporal << 6 | u8::from(sync) << 5;
        Descriptor::parse(&[0x90, 0xe0, high, low, 1, layer, 1, 0]).unwrap()
    }

    fn passes(thinning: &mut Thinning, picture: u16, temporal: u8, sync: bool) -> bool {
        thinning.judge(&frame(picture, temporal, sync), u32::from(picture) * 3000) == Verdict::Passes
    }

    #[test]
    fn falls_at_the_next_frame_and_rises_layer_by_layer_where_it_can() {
        let mut thinning = Thinning::new();
        assert!(passes(&mut thinning, 0, 0, true) && passes(&mut thinning, 1, 2, false));
        thinning.want(0);
        assert!(passes(&mut thinning, 1, 2, false), "the frame that has begun passes whole");
        assert!(!passes(&mut thinning, 2, 1, true) && !passes(&mut thinning, 3, 2, true));
        assert!(passes(&mut thinning, 4, 0, false));
        thinning.want(2);
        assert!(!passes(&mut thinning, 5, 2, true), "layer 1 is not there yet");
        assert!(!passes(&mut thinning, 6, 1, false), "needs a frame that was held back");
        assert!(passes(&mut thinning, 7, 1, true));
        assert!(!passes(&mut thinning, 8, 2, false));
        assert!(passes(&mut thinning, 9, 2, true) && passes(&mut thinning, 10, 1, false));
    }

    #[test]
    fn counts_the_pictures_that_are_held_back() {
        let mut thinning = Thinning::new();
        thinning.want(0);
        thinning.begin();
        assert_eq!(thinning.judge(&frame(1, 1, true), 0), Verdict::HeldBack { begins: true });
        assert_eq!(thinning.judge(&frame(1, 1, true), 0), Verdict::HeldBack { begins: false });
        assert_eq!(thinning.judge(&frame(2, 1, true), 3000), Verdict::HeldBack { begins: true });
    }
}
