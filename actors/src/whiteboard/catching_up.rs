//! Readers that are slower than the board: they get no ever longer queue but, as soon as theirs is empty, one frame with all that
//! they missed.
//!
//! What they have is known: everything that left before their queue was full. The answer to sync step 1 says the rest, values
//! that were drawn over meanwhile left out. Who takes nothing at all is closed: after 30 s, and the time that what is on its
//! way would need at 32 KiB a second.

use super::board::{Board, CLOSE_SLOW, Effect};
use super::messages::SocketId;
use super::record::state_vector;
use super::wire::{STEP_2, SYNC, sync_message};
use bytes::Bytes;
use std::time::Duration;

/// Between two looks at a reader's queue.
const PAUSE: Duration = Duration::from_millis(50);
/// Who takes nothing for so long is closed.
const PATIENCE: Duration = Duration::from_secs(30);
/// And this for each KiB that is on its way.
const PATIENCE_PER_KIB: Duration = Duration::from_micros(31_250);

/// A socket whose queue was full.
#[derive(Debug)]
pub(super) struct Behind {
    /// What it has, as a state vector.
    pub(super) has: Vec<u8>,
    /// Bytes that were not yet written when it last took something, and when that was.
    unwritten: usize,
    since: Duration,
}

impl Board {
    /// A socket's queue did not take this frame.
    pub(super) fn fall_behind(&mut self, now: Duration, id: SocketId, frame: &Bytes) {
        let sent = state_vector(&self.sent);
        if let Some(socket) = self.sockets.get_mut(&id) {
            // Without the answer to its sync it may have nothing.
            let is_answer = frame.starts_with(&[SYNC, STEP_2]);
            let has = if is_answer { vec![0] } else { sent };
            let behind = socket.behind.get_or_insert(Behind { has, unwritten: usize::MAX, since: now });
            if is_answer {
                behind.has = vec![0];
            }
        }
    }

    /// The sockets that are behind.
    pub(super) fn behind(&self) -> Vec<SocketId> {
        self.sockets.iter().filter(|(_, socket)| socket.behind.is_some()).map(|(id, _)| *id).collect()
    }

    /// When to look at them.
    pub(super) fn behind_due(&self) -> Option<Duration> {
        let any = self.sockets.values().any(|socket| socket.behind.is_some());
        any.then(|| self.behind_seen + PAUSE)
    }

    /// A look at one of them: so many bytes are not yet written to it.
    pub(super) fn catch_up(&mut self, now: Duration, id: SocketId, unwritten: usize) {
        self.behind_seen = now;
        let Some(behind) = self.sockets.get_mut(&id).and_then(|socket| socket.behind.as_mut()) else {
            return;
        };
        if unwritten == 0 {
            let has = std::mem::take(&mut behind.has);
            self.send_missed(id, &has);
        } else if unwritten < behind.unwritten {
            (behind.unwritten, behind.since) = (unwritten, now);
        } else if now.saturating_sub(behind.since) > PATIENCE + PATIENCE_PER_KIB * (unwritten / 1_024) as u32
        {
            self.shut(id, CLOSE_SLOW);
        }
    }

    fn send_missed(&mut self, id: SocketId, has: &[u8]) {
        match self.drawing.diff(has) {
            Ok(diff) => {
                if let Some(socket) = self.sockets.get_mut(&id) {
                    socket.behind = None;
                }
                self.effects.push(Effect::Send(id, sync_message(STEP_2, &diff)));
                self.send_presence(id);
            }
            Err(offence) => self.punish(id, Err(offence)),
        }
    }
}
