//! The ICE-lite side of one peer (RFC 8445 §2.5): answers checks, knows which 5-tuples are the peer's and which one
//! to send to, and how long it may still send (RFC 7675).
//!
//! Rules beyond the RFC, from MEDIA.md §6: (b) an authenticated check from another tuple moves the peer when the
//! nominated one was silent for a second; (c) media from an unknown tuple makes the server check that tuple itself.
//! The same check is sent to a peer that has been silent, because a client that only listens says little.

use std::time::{Duration, Instant};

use super::identity::Identity;
use super::stun::{self, Stun};
use crate::api::IceCredentials;
use crate::route::Route;

/// Old credentials stay valid so long after a restart.
const OLD_CREDENTIALS: Duration = Duration::from_secs(30);
/// Nothing is sent so long after the last authenticated check (RFC 7675 §5.1).
const CONSENT: Duration = Duration::from_secs(30);
/// Nothing heard for so long is reported.
const SILENT: Duration = Duration::from_secs(5);
/// A silent peer is asked for a sign of life after this, and every second.
const ASK: Duration = Duration::from_millis(2500);
const ASK_AGAIN: Duration = Duration::from_secs(1);
/// Checks of ours for unknown tuples: at most five a second.
const PROBE_AGAIN: Duration = Duration::from_millis(200);
/// Rule (b) and rule (c): how long the nominated tuple must have been silent.
const MOVE_BY_CHECK: Duration = Duration::from_secs(1);
const MOVE_BY_MEDIA: Duration = Duration::from_millis(200);
/// A peer that never checks is given up after this.
const FIRST_CHECK: Duration = Duration::from_secs(60);
/// Validated tuples per peer: a client with many interfaces has about eight.
const TUPLES_MAX: usize = 16;
const PROBES_MAX: usize = 4;

/// What became of a check.
pub(crate) struct Checked {
    /// The response to send back, for a request.
    pub(crate) response: Option<Vec<u8>>,
    /// The tuple it came from may now carry DTLS and media. Its former last one may not.
    pub(crate) dropped: Option<Route>,
    /// The peer is now reached at another address than before.
    pub(crate) moved: bool,
}

/// What time alone has done.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Standing {
    Fine,
    /// Nothing was heard for some seconds.
    Silent,
    /// Consent ended: nothing may be sent any more.
    Expired,
}

struct Local {
    credentials: IceCredentials,
    until: Option<Instant>,
}

struct Probe {
    transaction: [u8; 12],
    to: Route,
}

pub(crate) struct Ice {
    local: Vec<Local>,
    remote: Option<IceCredentials>,
    tuples: Vec<Route>,
    nominated: Option<Route>,
    /// Where DTLS came from, before the nomination.
    early: Option<Route>,
    heard: Instant,
    heard_nominated: Instant,
    consent: Instant,
    checked: bool,
    has_keys: bool,
    /// The nominated tuple was a connection that has ended: the next sign of life from another one moves the peer.
    deserted: bool,
    probes: Vec<Probe>,
    probed: Option<Instant>,
}

impl Ice {
    pub(crate) fn new(now: Instant, credentials: IceCredentials) -> Self {
        Self {
            local: vec![Local { credentials, until: None }],
            remote: None,
            tuples: Vec::new(),
            nominated: None,
            early: None,
            heard: now,
            heard_nominated: now,
            consent: now,
            checked: false,
            has_keys: false,
            deserted: false,
            probes: Vec::new(),
            probed: None,
        }
    }

    /// New local credentials; those before stay valid for a while. Returns fragments that no longer are.
    pub(crate) fn restart(&mut self, now: Instant, credentials: IceCredentials) -> Vec<String> {
        for old in &mut self.local {
            old.until.get_or_insert(now + OLD_CREDENTIALS);
        }
        self.local.push(Local { credentials, until: None });
        self.forget_old(now)
    }

    /// Fragments that were valid until now.
    pub(crate) fn forget_old(&mut self, now: Instant) -> Vec<String> {
        let expired = |local: &Local| local.until.is_some_and(|until| until <= now);
        let gone = self.local.iter().filter(|local| expired(local));
        let gone = gone.map(|local| local.credentials.ufrag.clone()).collect();
        self.local.retain(|local| !expired(local));
        gone
    }

    pub(crate) fn set_remote(&mut self, ufrag: String, pwd: String) {
        self.remote = Some(IceCredentials { ufrag, pwd });
    }

    pub(crate) fn tuples(&self) -> &[Route] {
        &self.tuples
    }

    /// Where to send to, if anywhere.
    pub(crate) fn address(&self) -> Option<Route> {
        self.nominated.filter(|_| !self.deserted).or(self.early)
    }

    /// For how long the nominated tuple has said nothing.
    fn silence(&self, now: Instant) -> Duration {
        if self.deserted { Duration::MAX } else { now.duration_since(self.heard_nominated) }
    }

    /// A connection has ended. Whatever comes by another tuple takes over at once.
    pub(crate) fn lost(&mut self, tuple: Route) {
        self.forget_tuple(tuple);
        self.early = self.early.filter(|early| *early != tuple);
        self.deserted |= self.nominated == Some(tuple);
    }

    /// Whether somebody was heard here lately, so that nobody else may claim the tuple.
    pub(crate) fn holds(&self, now: Instant, tuple: Route) -> bool {
        self.address() == Some(tuple) && now.duration_since(self.heard_nominated) < SILENT
    }

    pub(crate) fn forget_tuple(&mut self, tuple: Route) {
        self.tuples.retain(|known| *known != tuple);
    }

    /// A binding request. `None` unless it is authentic.
    pub(crate) fn request(
        &mut self,
        now: Instant,
        identity: &Identity,
        from: Route,
        stun: &mut Stun,
    ) -> Option<Checked> {
        let ufrag = stun.local_ufrag()?;
        let local = self.local.iter().find(|local| local.credentials.ufrag == ufrag)?;
        let valid = local.until.is_none_or(|until| now < until);
        if !valid || !stun.authentic(identity, &local.credentials.pwd) {
            return None;
        }
        let response = Some(stun.response(identity, &local.credentials.pwd, from.address())?);
        let silent_for = self.silence(now);
        self.sign_of_consent(now);
        let dropped = self.validate(from);
        let nominate = stun.nominates() || (self.nominated.is_some() && silent_for > MOVE_BY_CHECK);
        let moved = self.nominated != Some(from) && nominate && self.move_to(from);
        if self.nominated == Some(from) {
            self.heard_nominated = now;
        }
        Some(Checked { response, dropped, moved })
    }

    /// A success response. `None` unless it answers a check of ours and is authentic.
    pub(crate) fn response(
        &mut self,
        now: Instant,
        identity: &Identity,
        from: Route,
        stun: &mut Stun,
    ) -> Option<Checked> {
        let transaction = stun.transaction();
        let at = self.probes.iter().position(|probe| probe.transaction == transaction && probe.to == from)?;
        if !stun.authentic(identity, &self.remote.as_ref()?.pwd) {
            return None;
        }
        self.probes.swap_remove(at);
        self.sign_of_consent(now);
        if self.nominated == Some(from) {
            self.heard_nominated = now;
        }
        Some(Checked { response: None, dropped: self.validate(from), moved: false })
    }

    fn sign_of_consent(&mut self, now: Instant) {
        self.consent = now;
        self.heard = now;
        self.checked = true;
    }

    fn validate(&mut self, tuple: Route) -> Option<Route> {
        if self.tuples.contains(&tuple) {
            return None;
        }
        let address = self.address();
        let full = self.tuples.len() >= TUPLES_MAX;
        let oldest = full.then(|| self.tuples.iter().position(|known| Some(*known) != address)).flatten();
        let dropped = oldest.map(|at| self.tuples.remove(at));
        self.tuples.push(tuple);
        dropped
    }

    /// Whether this is a change for those who send and receive.
    fn move_to(&mut self, tuple: Route) -> bool {
        let before = self.nominated.or(self.early);
        self.nominated = Some(tuple);
        self.deserted = false;
        before.is_some_and(|before| before != tuple)
    }

    /// DTLS came from this validated tuple: answer there until the client nominates one.
    pub(crate) fn dtls_from(&mut self, tuple: Route) {
        self.early = Some(tuple);
    }

    /// Authenticated SRTP or SRTCP came from this validated tuple. True when the peer moved there.
    pub(crate) fn media_from(&mut self, now: Instant, tuple: Route) -> bool {
        self.heard = now;
        self.has_keys = true;
        if self.address() == Some(tuple) {
            self.heard_nominated = now;
            return false;
        }
        let silent = self.silence(now) > MOVE_BY_MEDIA;
        let moved = self.nominated.is_some() && silent && self.move_to(tuple);
        if moved {
            self.heard_nominated = now;
        }
        moved
    }

    /// Whether it has sent SRTP or SRTCP: then it understands ours, too. At the end of a handshake it may not yet.
    pub(crate) fn has_keys(&self) -> bool {
        self.has_keys
    }

    /// A check of ours to an unknown tuple that seems to be this peer's (rule c), unless one was just sent.
    pub(crate) fn probe(
        &mut self,
        now: Instant,
        identity: &Identity,
        to: Route,
        transaction: [u8; 12],
    ) -> Option<Vec<u8>> {
        if self.probed.is_some_and(|at| now.duration_since(at) < PROBE_AGAIN) {
            return None;
        }
        let remote = self.remote.as_ref()?;
        let local = &self.local.last()?.credentials;
        let username = format!("{}:{}", remote.ufrag, local.ufrag);
        let check = stun::request(identity, transaction, username, &remote.pwd)?;
        self.probed = Some(now);
        if self.probes.len() == PROBES_MAX {
            self.probes.remove(0);
        }
        self.probes.push(Probe { transaction, to });
        Some(check)
    }

    /// Whom to ask for a sign of life now.
    pub(crate) fn wants_sign_of_life(&self, now: Instant) -> Option<Route> {
        let silent = now.duration_since(self.heard) >= ASK;
        let asked = self.probed.is_some_and(|at| now.duration_since(at) < ASK_AGAIN);
        if silent && !asked && self.remote.is_some() { self.address() } else { None }
    }

    pub(crate) fn standing(&self, now: Instant) -> Standing {
        let patience = if self.checked { CONSENT } else { FIRST_CHECK };
        if now.duration_since(self.consent) >= patience {
            Standing::Expired
        } else if self.checked && now.duration_since(self.heard) >= SILENT {
            Standing::Silent
        } else {
            Standing::Fine
        }
    }

    /// When the next of these changes may come about.
    pub(crate) fn deadline(&self, now: Instant) -> Instant {
        let patience = if self.checked { CONSENT } else { FIRST_CHECK };
        let mut deadline = self.consent + patience;
        let ask = (self.heard + ASK).max(self.probed.map_or(now, |at| at + ASK_AGAIN));
        if self.address().is_some() && self.remote.is_some() {
            deadline = deadline.min(ask);
        }
        if now < self.heard + SILENT {
            deadline = deadline.min(self.heard + SILENT);
        }
        self.local.iter().filter_map(|local| local.until).fold(deadline, Instant::min)
    }
}

#[cfg(test)]
#[path = "ice_tests.rs"]
mod tests;
