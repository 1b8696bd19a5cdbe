//! What is drawn on the board, and the way an update takes to get there.
//!
//! In this order: the outline of its bytes (`validator`), whose ids it adds to (`ownership`), whether it fits
//! what the board knows (`structure`; what builds on something missing waits in `waiting`), whether it is what boards
//! hold (`schema`), whether what it builds on is still there (`history`), the size of its pages (`pages`) and of the board (`size`), and only then the document (`application`). Knows participants by their ids, and sockets only as the owners of waiting
//! updates; rights were checked by `board`.

use super::allowance::Allowance;
use super::application::{Broken, Site, Taken};
use super::compaction::{Horizon, compact};
use super::document::Document;
use super::history::History;
use super::messages::{BoardLimits, SocketId};
use super::ownership::{Adding, Foreign, Owners};
use super::pages::{Added, Fullness, Pages};
use super::pieces::cut;
use super::schema;
use super::size::Size;
use super::structure::{Misfit, Structure};
use super::validator::{self, Id, Outline};
use super::versions::{Clearings, is_much};
use super::waiting::Waiting;
use super::wire::Malformed;
use crate::participant::ParticipantId;
use bytes::Bytes;
use std::collections::HashMap;
use std::time::Duration;

/// An update on its way.
#[derive(Clone, Debug)]
pub(super) struct Stroke {
    /// The socket it came from.
    pub(super) from: SocketId,
    /// Whose.
    pub(super) who: ParticipantId,
    /// The update, not yet validated.
    pub(super) update: Bytes,
    /// Whether it is drawn now or restored.
    pub(super) adding: Adding,
}

/// What became of an update that breaks no rule.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Outcome {
    /// This was new in it.
    Drawn(Bytes),
    /// It took more time than its sender has: this much of it was taken. The rest is postponed.
    Partly(Option<Bytes>),
    /// It broke something: this much of it was taken, and its sender has to go.
    Broken(Option<Bytes>),
    /// All of it was known.
    Known,
    /// It is not taken now, but its sender may ask for the board's state and give again what is still missing
    /// then: it builds on something missing, or restores somebody's strokes while they do so themselves (or
    /// forges them).
    Postponed,
}

/// Why an update ends its sender's socket.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Offence {
    /// It breaks the protocol, or yrs.
    Protocol,
    /// The board is full.
    Full,
    /// It needs what was compacted (`history`): its sender has to open the board anew.
    Stale,
}

impl From<Malformed> for Offence {
    fn from(_malformed: Malformed) -> Self {
        Self::Protocol
    }
}

/// See the module's text.
#[derive(Default)]
pub(super) struct Drawing {
    document: Document,
    structure: Structure,
    owners: Owners,
    size: Size,
    pages: Pages,
    limits: BoardLimits,
    /// When both were counted anew.
    measured: Option<Duration>,
    /// Bytes that were added since.
    unmeasured: usize,
    filled: Vec<Fullness>,
    waiting: Waiting,
    history: History,
    clearings: Clearings,
    allowances: HashMap<ParticipantId, Allowance>,
    failures_caused: HashMap<ParticipantId, u32>,
    /// How often the document had been built again when `structure` was learned from it.
    learned: u64,
    /// The clients to whose history the last update added.
    touched: Vec<u64>,
}

impl Drawing {
    /// An empty board that may hold so much.
    pub(super) fn new(limits: BoardLimits) -> Self {
        Self { limits, pages: Pages::new(limits), ..Self::default() }
    }

    /// Everything that was kept has been restored; its history had been compacted up to there.
    pub(super) fn restored(&mut self, horizon: Horizon) {
        self.learn();
        if !horizon.is_empty()
            && let Ok(snapshot) = self.document.snapshot()
            && let Ok(outline) = validator::update(&snapshot, usize::MAX)
        {
            self.history.restored(&snapshot, &outline, horizon);
        }
    }

    /// Takes a piece of what was kept. False when it is damaged, or lacks a damaged one: then it is left out.
    pub(super) fn restore(&mut self, piece: &[u8]) -> bool {
        let Ok(outline) = validator::update(piece, usize::MAX) else { return false };
        let Ok(additions) = self.structure.admit(&outline) else { return false };
        if self.document.apply(&Bytes::copy_from_slice(piece), false).is_err() {
            self.relearn();
            return false;
        }
        self.structure.commit(&additions, usize::MAX);
        self.size.add(piece.len(), outline.weight, outline.blocks.len());
        true
    }

    /// Takes an update. `spent` tells for how long the board has been at it since `now`.
    pub(super) fn draw(
        &mut self,
        now: Duration,
        stroke: &Stroke,
        spent: &dyn Fn() -> Duration,
    ) -> Result<Outcome, Offence> {
        let began = spent();
        let allowance = self.allowances.entry(stroke.who.clone()).or_insert_with(|| Allowance::new(now));
        let left = allowance.left(now);
        if left.is_zero() {
            return Ok(Outcome::Postponed);
        }
        let taking = || spent().saturating_sub(began);
        let outcome = self.draw_while(now, stroke, &|| taking() < left);
        if let Some(allowance) = self.allowances.get_mut(&stroke.who) {
            allowance.spend(taking());
        }
        outcome
    }

    fn draw_while(
        &mut self,
        now: Duration,
        stroke: &Stroke,
        has_time: &dyn Fn() -> bool,
    ) -> Result<Outcome, Offence> {
        self.touched.clear();
        let outline = validator::update(&stroke.update, BLOCKS_PER_UPDATE)?;
        let clients = self.structure.added_clients(&outline);
        if self.is_barred(&stroke.who) || self.check_owners(stroke, &outline, &clients).is_err() {
            return Ok(Outcome::Postponed);
        }
        let additions = match self.structure.admit(&outline) {
            Ok(additions) => additions,
            Err(Misfit::Gap(missing)) => {
                self.waiting.add(missing, stroke);
                return Ok(Outcome::Postponed);
            }
            Err(Misfit::TooDeep | Misfit::Impossible) => return Err(Offence::Protocol),
            Err(Misfit::TooManyClients) => return Err(Offence::Full),
        };
        schema::check(&stroke.update, &outline, additions.blocks())?;
        if self.history.lacks(&stroke.update, &outline, additions.blocks()) {
            return Err(Offence::Stale);
        }
        let added = self.pages.adding(&stroke.update, &outline, additions.parts());
        self.check_size(now, &stroke.update, &outline, &added)?;
        if stroke.adding == Adding::Live {
            // Those that are not theirs already are nobody's: `check_owners` has said so.
            clients.iter().for_each(|client| self.owners.claim(&stroke.who, *client).unwrap_or_default());
        }
        self.touched.clone_from(&clients);
        let restoring = stroke.adding == Adding::Restoring;
        let gone = outline.removed();
        let wants = self.clearings.wants(now, gone, restoring);
        let before =
            (wants && (is_much(gone) || self.pages.may_halve(gone))).then(|| self.snapshot()).flatten();
        let pieces = cut(&stroke.update, &outline, &additions);
        let mut site = Site { document: &mut self.document, structure: &mut self.structure };
        let Taken { new, additions: taken, deleted, end } = match pieces.as_slice() {
            [piece] => site.apply_whole(piece, &additions, additions.are_all_of(&outline)),
            pieces => site.apply_pieces(pieces, &additions, has_time),
        };
        let learned = self.relearn();
        if let Some(new) = &new {
            self.size.add(new.len(), outline.weight, outline.blocks.len());
            let added = if taken < additions.parts().len() {
                self.pages.adding(&stroke.update, &outline, additions.parts().take(taken))
            } else {
                added
            };
            // What was learned anew has all of it.
            let halved = !learned && self.pages.add(added, &deleted);
            if let Some(before) = before {
                let gone = clocks(&deleted).saturating_sub(taken);
                self.clearings.applied(now, gone, halved, before);
            }
            self.unmeasured += new.len();
            self.watch(now);
        }
        match end {
            Ok(()) => Ok(new.map_or(Outcome::Known, Outcome::Drawn)),
            Err(Broken::Slow) => Ok(Outcome::Partly(new)),
            Err(Broken::Invalid) => Ok(Outcome::Broken(new)),
            Err(Broken::Panicked) => {
                *self.failures_caused.entry(stroke.who.clone()).or_default() += 1;
                Ok(Outcome::Broken(new))
            }
        }
    }

    /// The clients to whose history the last update added, with their next clocks.
    pub(super) fn touched(&self) -> Vec<(u64, u32)> {
        self.touched.iter().map(|client| (*client, self.structure.next_clock(*client))).collect()
    }

    /// The participant's clients, with their next clocks.
    pub(super) fn clients_of(&self, who: &ParticipantId) -> Vec<(u64, u32)> {
        let clients = self.owners.of(who).into_iter();
        clients.map(|client| (client, self.structure.next_clock(client))).collect()
    }

    /// How far each client has come.
    pub(super) fn clocks(&self) -> Horizon {
        self.structure.clocks()
    }

    /// Up to where the history was compacted.
    pub(super) fn horizon(&self) -> &Horizon {
        self.history.horizon()
    }

    /// What the board was before much of it was deleted at once.
    pub(super) fn take_cleared(&mut self) -> Option<Bytes> {
        self.clearings.take()
    }

    /// The pages of which something else is to be told than before.
    pub(super) fn take_filled(&mut self) -> Vec<Fullness> {
        std::mem::take(&mut self.filled)
    }

    /// The pages of which it was told that they are nearly full.
    pub(super) fn nearly_full(&self) -> Vec<Fullness> {
        self.pages.nearly_full()
    }

    /// How much the board may hold.
    pub(super) fn limits(&self) -> BoardLimits {
        self.limits
    }

    /// An update that waited for what has arrived now.
    pub(super) fn take_waiting(&mut self) -> Option<Stroke> {
        self.waiting.take_ready(|missing| self.structure.knows(missing))
    }

    /// A client id shown by somebody's presence becomes theirs; false when it is somebody else's.
    pub(super) fn claim(&mut self, who: &ParticipantId, client: u64) -> bool {
        self.owners.claim(who, client).is_ok()
    }

    /// The socket closed or may draw no more.
    pub(super) fn forget_socket(&mut self, socket: SocketId) {
        self.waiting.forget(socket);
    }

    /// The participant left the room.
    pub(super) fn forget_participant(&mut self, who: &ParticipantId) {
        self.owners.release(who);
        self.failures_caused.remove(who);
        self.allowances.remove(who);
    }

    /// What somebody with this state vector lacks, as an update.
    pub(super) fn diff(&mut self, state_vector: &[u8]) -> Result<Vec<u8>, Offence> {
        let theirs = validator::state_vector(state_vector)?;
        if !self.history.is_enough(&theirs) {
            return Err(Offence::Stale);
        }
        let diff = self.document.diff(state_vector).map_err(|_failed| Offence::Protocol);
        self.relearn();
        diff
    }

    /// How far the board has come.
    pub(super) fn state_vector(&mut self) -> Option<Vec<u8>> {
        self.document.state_vector().ok()
    }

    /// Everything, as one update.
    pub(super) fn snapshot(&mut self) -> Option<Bytes> {
        self.document.snapshot().ok()
    }

    /// Compacts the history if it is time and worth it. True when the board is another inside, and says the same.
    pub(super) fn compact(&mut self, now: Duration) -> bool {
        self.history.sample(now, || self.structure.clocks());
        let Some(horizon) = self.history.due(now, self.size.blocks()) else { return false };
        let Ok(snapshot) = self.document.sealed_snapshot() else { return false };
        let Ok(outline) = validator::sealed_update(&snapshot) else { return false };
        let compacted = compact(&snapshot, &outline, &horizon);
        let replaced = compacted.is_some_and(|compacted| {
            let replaced = self.document.replace(compacted.update.into());
            let keys = compacted.keys.iter().filter_map(|(from, to)| snapshot.get(*from..*to));
            if replaced {
                self.history.compacted(horizon, keys);
            }
            replaced
        });
        if replaced {
            self.learn();
        } else {
            self.measure();
        }
        self.history.done(now, self.size.blocks());
        replaced
    }

    fn is_barred(&self, who: &ParticipantId) -> bool {
        self.failures_caused.get(who).is_some_and(|failures| *failures >= FAILURES_MAX)
    }

    fn check_owners(&self, stroke: &Stroke, outline: &Outline, clients: &[u64]) -> Result<(), Foreign> {
        // Whoever deletes what somebody has not drawn yet would wipe it the moment they do.
        let foretold = self.structure.foretold_deletes(outline);
        if foretold.iter().any(|client| self.owners.is_foreign(&stroke.who, *client)) {
            return Err(Foreign);
        }
        self.owners.check(&stroke.who, clients, stroke.adding)
    }

    fn check_size(
        &mut self,
        now: Duration,
        update: &[u8],
        outline: &Outline,
        added: &Added,
    ) -> Result<(), Offence> {
        // Who only deletes makes room.
        let fits = |this: &Self| {
            let (max, blocks) = (this.limits.board_bytes, outline.blocks.len());
            blocks == 0
                || (this.size.fits(max, update.len(), outline.weight, blocks) && this.pages.fits(added))
        };
        if !fits(self) && self.is_due(now, MEASURE_PAUSE) {
            self.measure_at(now);
        }
        if fits(self) { Ok(()) } else { Err(Offence::Full) }
    }

    /// Notices when a page is nearly full, or no longer so.
    fn watch(&mut self, now: Duration) {
        let due = self.pages.seem_fuller() && self.is_due(now, MEASURE_PAUSE);
        if due || (self.pages.were_nearly_full() && self.is_due(now, RELIEF_PAUSE)) {
            self.measure_at(now);
            self.filled = self.pages.take_changed();
        }
    }

    fn is_due(&self, now: Duration, pause: Duration) -> bool {
        let passed = self.measured.is_none_or(|measured| now.saturating_sub(measured) >= pause);
        passed || self.unmeasured >= self.limits.page_bytes / MEASURE_SHARE
    }

    fn measure_at(&mut self, now: Duration) {
        (self.measured, self.unmeasured) = (Some(now), 0);
        self.measure();
    }

    /// When the document was built again: learns anew from it what it holds. Whether that was so.
    fn relearn(&mut self) -> bool {
        let rebuilt = self.document.rebuilt() != self.learned;
        if rebuilt {
            self.learn();
        }
        rebuilt
    }

    fn learn(&mut self) {
        let Some((snapshot, outline)) = self.outlined() else { return };
        self.learned = self.document.rebuilt();
        let mut structure = Structure::default();
        if let Ok(additions) = structure.admit(&outline) {
            structure.commit(&additions, usize::MAX);
            self.pages.learn(&snapshot, &outline, &additions);
        }
        (self.structure, self.size) = (structure, sized(&snapshot, &outline));
        self.history.learn(&outline);
    }

    fn measure(&mut self) {
        if let Some((snapshot, outline)) = self.outlined() {
            self.size = sized(&snapshot, &outline);
            self.pages.measure(&outline);
        }
    }

    fn outlined(&mut self) -> Option<(Bytes, Outline)> {
        let snapshot = self.document.snapshot().ok()?;
        let outline = validator::update(&snapshot, usize::MAX).ok()?;
        Some((snapshot, outline))
    }
}

/// How many clocks there are in these ranges.
fn clocks(ranges: &[(Id, u32)]) -> usize {
    ranges.iter().map(|(first, end)| end.saturating_sub(first.clock) as usize).sum()
}

fn sized(snapshot: &[u8], outline: &Outline) -> Size {
    Size::measured(snapshot.len(), outline.weight, outline.blocks.len())
}

/// Blocks of one update; a frame of 1 MiB cannot hold many more.
const BLOCKS_PER_UPDATE: usize = 65_536;
/// What is full is counted anew not more often, unless such a share of a page was drawn.
const MEASURE_SHARE: usize = 16;
const MEASURE_PAUSE: Duration = Duration::from_secs(1);
/// Nor whether there is room again.
const RELIEF_PAUSE: Duration = Duration::from_secs(10);
/// Who broke the document this often draws no more.
const FAILURES_MAX: u32 = 3;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::whiteboard::testing::{Any, Map, Peer, WriteTxn};
    use std::cell::Cell;

    #[test]
    fn of_what_took_too_long_only_what_was_taken_counts() {
        let (peer, mut drawing) = (Peer::new(1), Drawing::new(BoardLimits::default()));
        let update = peer.change(|transaction| {
            let map = transaction.get_or_insert_map("elements");
            let shape = Any::from(HashMap::from([("x".to_owned(), Any::from(1))]));
            for key in 0..100 {
                map.insert(transaction, key.to_string(), shape.clone());
            }
        });
        let (who, update) = (ParticipantId("anna".to_owned()), Bytes::from(update));
        let stroke = Stroke { from: SocketId(1), who, update, adding: Adding::Live };
        let looks = Cell::new(0);
        // Time for three pieces.
        let has_time = || looks.replace(looks.get() + 1) < 3;
        let outcome = drawing.draw_while(Duration::ZERO, &stroke, &has_time);
        assert!(matches!(outcome, Ok(Outcome::Partly(Some(_)))), "{outcome:?}");
        let taken = drawing.pages.shapes("elements");
        assert!(0 < taken && taken < 100, "{taken}");
        drawing.measure();
        assert_eq!(drawing.pages.shapes("elements"), taken);
        assert!(matches!(drawing.draw_while(Duration::ZERO, &stroke, &|| true), Ok(Outcome::Drawn(_))));
        assert_eq!(drawing.pages.shapes("elements"), 100);
    }
}
