//! Which layer each video slot of one receiver gets. Pure: what is wanted, what there is and what the line carries go
//! in, a choice for each slot comes out.
//!
//! Size decides first: the smallest layer that is as high as nine tenths of what is shown (nobody sees the difference;
//! the next one costs four times as much), else the largest there is. Then what the server can bear ([`Cap`]), and the
//! budget, in the order of priorities: every slot gets the least there is before any gets more.

use crate::layers::{Bitrate, Demand, LayerSet, Reason, Rid, SlotQuality};
use crate::overload::Cap;
use crate::thinning::TEMPORAL_MAX;

/// So many times what a line is known to carry may be found to be there soon: what would fit then is asked for, so that it
/// is there by then. A line that is known for narrow makes nobody send a picture that it will not get.
const SOON: f64 = 2.5;

/// A layer of a publication, as far as it is known.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Layer {
    pub(crate) rid: Rid,
    /// Pixels, of the last key frame; `None` before the first one.
    pub(crate) size: Option<(u16, u16)>,
    /// Measured: of its frames up to each temporal layer. Nothing while it is not known.
    pub(crate) rates: [Bitrate; TEMPORAL_MAX as usize + 1],
    /// It is being sent now.
    pub(crate) live: bool,
}

/// What a slot's receiver wants, and the layers of its publication that have ever been seen, the smallest rid first.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Wish {
    pub(crate) demand: Demand,
    pub(crate) layers: [Option<Layer>; 3],
    /// The most that the server bears.
    pub(crate) cap: Cap,
}

/// What a slot gets.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Choice {
    /// The layer to send. `None` with [`Reason::Source`]: there is none, the old picture may stay; with others: nothing
    /// is to be sent.
    pub(crate) quality: SlotQuality,
    /// Highest temporal layer to send.
    pub(crate) temporal: u8,
    /// What its publisher should send for its sake.
    pub(crate) needs: LayerSet,
}

/// Chooses for all slots of a receiver; `choices` gets one for each wish, in their order.
pub(crate) fn choose(budget: Option<Bitrate>, wishes: &[Wish], choices: &mut Vec<Choice>) {
    choices.clear();
    choices.extend(wishes.iter().map(Wish::by_size));
    if let Some(budget) = budget {
        share(budget, wishes, choices);
    }
}

impl Layer {
    /// Bits a second of its frames up to a temporal layer. Before they are measured its size tells: encoders of
    /// meetings spend about two bits a second for each pixel.
    fn cost(&self, temporal: u8) -> u64 {
        let measured = self.rates[usize::from(temporal)].0;
        let known = self.rates.iter().any(|rate| rate.0 > 0);
        let (width, height) = self.size.unwrap_or((480, 270));
        if known { measured } else { 2 * u64::from(width) * u64::from(height) }
    }
}

impl Wish {
    /// Bits a second that it would cost to show all that is wanted.
    pub(crate) fn cost(&self) -> u64 {
        self.best().map_or(0, |layer| layer.cost(self.cap.temporal))
    }

    /// How much of the publication a choice shows, for comparison: nothing is 0. `None` for a layer that is not sent, or
    /// when there was none.
    pub(crate) fn step(&self, choice: &Choice) -> Option<usize> {
        let Some(rid) = choice.quality.layer else {
            return (choice.quality.reason != Reason::Source).then_some(0);
        };
        let layer = self.known().find(|layer| layer.rid == rid && layer.live)?;
        let below = self.known().filter(|other| other.live && rank(other) < rank(&layer)).count();
        Some(1 + below * (usize::from(TEMPORAL_MAX) + 1) + usize::from(choice.temporal))
    }

    /// A choice of before, held although another one would fit.
    pub(crate) fn hold(&self, before: &Choice, fits: &Choice) -> Choice {
        let best = self.by_size();
        let mut needs = fits.needs;
        before.quality.layer.into_iter().for_each(|rid| needs.insert(rid));
        let reason = match before.quality.layer {
            None => Reason::Paused,
            Some(_) if self.step(before) >= self.step(&best) => best.quality.reason,
            Some(_) => Reason::Line,
        };
        let quality = SlotQuality { layer: before.quality.layer, reason };
        Choice { quality, temporal: before.temporal, needs }
    }

    fn by_size(&self) -> Choice {
        let Some(cap) = self.cap.layer else {
            let quality = SlotQuality { layer: None, reason: Reason::Paused };
            return Choice { quality, temporal: 0, needs: LayerSet::NONE };
        };
        let best = self.best();
        let live = self.fitting(|layer| layer.live && layer.rid <= cap);
        let live = live.or_else(|| self.known().filter(|layer| layer.live).min_by_key(rank)).or(best);
        let largest = self.largest();
        let capped = best != self.fitting(|_| true) || self.cap.temporal < TEMPORAL_MAX;
        let reason = match (live, best) {
            (Some(live), Some(best)) if rank(&live) < rank(&best) => Reason::Source,
            (Some(_), _) if capped => Reason::Server,
            (Some(live), _) if largest.is_some_and(|largest| rank(&live) < rank(&largest)) => Reason::Size,
            (Some(_), _) => Reason::Full,
            (None, _) => Reason::Source,
        };
        let needs = best.map_or(LayerSet::ALL, |best| {
            [Some(best), self.unseen()].into_iter().flatten().map(|layer| layer.rid).collect()
        });
        let quality = SlotQuality { layer: live.map(|layer| layer.rid), reason };
        Choice { quality, temporal: self.cap.temporal, needs }
    }

    /// What would be right if everything were sent. Of layers that are all more than the server bears the least.
    fn best(&self) -> Option<Layer> {
        let cap = self.cap.layer?;
        let open = self.fitting(|_| true);
        let borne = self.fitting(|layer| layer.rid <= cap).or_else(|| self.known().min_by_key(rank));
        open.filter(|open| open.rid <= cap).or(borne)
    }

    /// The layer above all that have ever been seen, if these are too small: its publisher may have had no time for it yet.
    fn unseen(&self) -> Option<Layer> {
        let largest = self.largest().filter(|largest| !self.suffices(largest))?;
        let highest = self.known().map(|layer| layer.rid).max()?;
        let rid = Rid::ALL.into_iter().find(|rid| *rid > highest && Some(*rid) <= self.cap.layer)?;
        // Twice as wide and high.
        let size = largest.size.map(|(width, height)| (width.saturating_mul(2), height.saturating_mul(2)));
        Some(Layer { rid, size, rates: largest.rates.map(|rate| Bitrate(4 * rate.0)), live: false })
    }

    /// What a publisher is asked for: the best that fits now, and that may fit soon.
    fn asked(&self, room: u64, soon: u64) -> LayerSet {
        let Some(best) = self.best() else {
            return if self.cap.layer.is_some() { LayerSet::ALL } else { LayerSet::NONE };
        };
        let suitable = || self.known().filter(|layer| rank(layer) <= rank(&best));
        let largest =
            |room: u64| suitable().filter(|layer| layer.cost(self.cap.temporal) <= room).max_by_key(rank);
        let now = largest(room).or_else(|| suitable().min_by_key(rank));
        let unseen = self.unseen().filter(|layer| layer.cost(self.cap.temporal) <= soon);
        [now, largest(soon), unseen].into_iter().flatten().map(|layer| layer.rid).collect()
    }

    fn known(&self) -> impl Iterator<Item = Layer> {
        self.layers.into_iter().flatten()
    }

    fn largest(&self) -> Option<Layer> {
        self.known().max_by_key(rank)
    }

    /// The smallest one that is large enough, else the largest. One whose size is not known counts as smallest.
    fn fitting(&self, suits: impl Fn(&Layer) -> bool) -> Option<Layer> {
        let candidates = || self.known().filter(&suits);
        let large = candidates().filter(|layer| self.suffices(layer)).min_by_key(rank);
        large.or_else(|| candidates().max_by_key(rank))
    }

    fn suffices(&self, layer: &Layer) -> bool {
        u32::from(height(layer)) * 10 >= u32::from(self.demand.height) * 9
    }
}

fn height(layer: &Layer) -> u16 {
    layer.size.map_or(0, |(_, height)| height)
}

fn rank(layer: &Layer) -> (u16, Rid) {
    (height(layer), layer.rid)
}

/// Lowers the choices to what the budget carries.
fn share(budget: Bitrate, wishes: &[Wish], choices: &mut [Choice]) {
    let (mut left, more) = (budget.0, (budget.0 as f64 * (SOON - 1.0)) as u64);
    let mut order: Vec<usize> = (0..wishes.len()).collect();
    order.sort_by_key(|&slot| wishes[slot].demand.priority);
    let mut wanted: Vec<Option<Layer>> = Vec::with_capacity(wishes.len());
    for (wish, choice) in wishes.iter().zip(choices.iter_mut()) {
        let layer = choice.quality.layer;
        wanted.push(wish.known().find(|known| Some(known.rid) == layer));
        if layer.is_some() {
            let sent = wish.known().any(|layer| layer.live);
            let reason = if sent { Reason::Paused } else { Reason::Source };
            choice.quality = SlotQuality { layer: None, reason };
        }
    }
    let mut spent = vec![0; wishes.len()];
    let mut grant = |slot: usize, layer: Layer, temporal: u8, choice: &mut Choice| {
        let cost = layer.cost(temporal);
        let fits = cost <= left + spent[slot];
        if fits {
            left = left + spent[slot] - cost;
            spent[slot] = cost;
            (choice.quality.layer, choice.temporal) = (Some(layer.rid), temporal);
        }
        fits
    };
    let steps = |slot: usize| {
        let wanted: Option<Layer> = wanted[slot];
        let layers = wishes[slot]
            .known()
            .filter(move |layer| layer.live && wanted.is_some_and(|wanted| rank(layer) <= rank(&wanted)));
        let mut layers: Vec<Layer> = layers.collect();
        layers.sort_by_key(rank);
        layers
    };
    // First the least for everybody, then more.
    for &slot in &order {
        if let Some(least) = steps(slot).first().copied() {
            for temporal in (0..=wishes[slot].cap.temporal).rev() {
                if grant(slot, least, temporal, &mut choices[slot]) {
                    break;
                }
            }
        }
    }
    for &slot in &order {
        let granted = choices[slot].quality.layer.is_some();
        for layer in steps(slot).into_iter().skip(1).filter(|_| granted) {
            grant(slot, layer, wishes[slot].cap.temporal, &mut choices[slot]);
        }
    }
    for (slot, ((wish, choice), wanted)) in wishes.iter().zip(choices.iter_mut()).zip(wanted).enumerate() {
        let room = left + spent[slot];
        choice.needs = wish.asked(room, room + more);
        let (Some(wanted), Some(rid)) = (wanted, choice.quality.layer) else { continue };
        choice.needs.insert(rid);
        let full = rid == wanted.rid && choice.temporal == wish.cap.temporal;
        choice.quality.reason = if full { wish.by_size().quality.reason } else { Reason::Line };
    }
}

#[cfg(test)]
#[path = "allocation_tests.rs"]
mod tests;
