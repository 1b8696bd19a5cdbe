//! One client with its socket: what comes is counted, what is due is sent.

use super::{Measured, OPENED};
use crate::account::Account;
use crate::crowd::Newcomer;
use crate::feedback::{self, Said, Transport, receiver_report};
use crate::film::{self, Film, Voice};
use crate::link::{Identity, Link};
use crate::options::Run;
use crate::{Failure, clock};
use quinn_udp::{Transmit, UdpSocketState};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, UdpSocket};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// A receiver reads at leisure; the server's bursts wait here.
const SOCKET_BUFFER: usize = 2 << 20;
const TRANSPORT_EXTENSION: u8 = 5;

pub(crate) struct Client {
    pub(super) socket: UdpSocket,
    pub(super) state: UdpSocketState,
    pub(super) link: Link,
    pub(super) films: Vec<Film>,
    pub(super) voice: Option<Voice>,
    pub(crate) account: Account,
    /// When `join` was sent, until the first media packet came.
    joining: Option<Instant>,
    transport: Option<Transport>,
}

impl Client {
    pub(super) fn new(run: &Run, identity: Arc<Identity>, newcomer: Newcomer) -> Result<Self, Failure> {
        let Newcomer { number, local, offer, began, publishes } = newcomer;
        let any: IpAddr = match offer.address.ip() {
            IpAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
        };
        let socket = UdpSocket::bind((any, 0))?;
        let state = UdpSocketState::new((&socket).into())?;
        // The system may grant less.
        state.set_recv_buffer_size((&socket).into(), SOCKET_BUFFER).ok();
        let ssrc = 0x2000_0000 + 8 * number as u32;
        let films = if publishes && run.video_kbit > 0 {
            Film::encodings(ssrc, run.video_kbit, run.layers)
        } else {
            Vec::new()
        };
        let voice = (publishes && run.audio).then(|| Voice::new(ssrc + 7, 20 + (number % 40) as u8));
        Ok(Self {
            socket,
            state,
            link: Link::new(identity, local, offer),
            films,
            voice,
            account: Account::default(),
            joining: Some(began),
            transport: run.twcc.then(Transport::default),
        })
    }

    pub(super) fn connect(&mut self, now: Instant, measured: &mut Measured) {
        self.link.connect(now);
        self.flush(measured);
    }

    /// A media packet has come.
    pub(super) fn has_media(&self) -> bool {
        self.joining.is_none()
    }

    pub(super) fn datagram(
        &mut self,
        now: Instant,
        run_time: u64,
        stamp: Option<Duration>,
        datagram: &[u8],
        measured: &mut Measured,
    ) {
        match datagram {
            [0..=3, ..] => self.link.stun(datagram),
            [20..=63, ..] => self.link.dtls(now, datagram),
            [128..=191, 192..=223, ..] => self.told(run_time, datagram, measured),
            [128..=191, _, high, low, ..] if datagram.len() >= 12 => {
                let ssrc = u32::from_be_bytes([datagram[8], datagram[9], datagram[10], datagram[11]]);
                let count = self.account.book(ssrc, u16::from_be_bytes([*high, *low]));
                if let Some(transport) = &mut self.transport
                    && let Some(number) = transport_number(datagram)
                {
                    transport.arrived(number, run_time);
                }
                if count % OPENED == 1 {
                    self.opened(now, stamp, datagram, measured);
                }
            }
            _ => {}
        }
    }

    fn opened(&mut self, now: Instant, stamp: Option<Duration>, datagram: &[u8], measured: &mut Measured) {
        let Some(plain) = self.link.open(datagram) else { return };
        if let Some(began) = self.joining.take() {
            measured.joins.push(now.saturating_duration_since(began).as_micros() as u32);
        }
        // The kernel's stamp of arrival: how long this program let it lie does not count.
        if let Some(sent) = film::sent_at(&plain) {
            let arrived = stamp.unwrap_or_else(clock::wall);
            measured.delay(arrived.saturating_sub(sent));
        }
    }

    fn told(&mut self, run_time: u64, datagram: &[u8], measured: &mut Measured) {
        let Some(plain) = self.link.open_report(datagram) else { return };
        feedback::read(&plain, |said| match said {
            Said::KeyFrameWanted(ssrc) => {
                measured.key_frames_asked += 1;
                let films = self.films.iter_mut().filter(|film| film.ssrc == ssrc);
                films.for_each(|film| film.key_frame_wanted = true);
            }
            Said::SenderReport { ssrc, ntp_middle } => {
                if let Some(stream) = self.account.stream_mut(ssrc) {
                    stream.report = Some((ntp_middle, run_time));
                }
            }
            Said::Nack => measured.nacks += 1,
        });
    }

    pub(super) fn report(&mut self, run_time: u64) {
        if self.link.is_connected() {
            self.link.seal_report(&receiver_report(&self.account, run_time));
        }
    }

    pub(super) fn transport_feedback(&mut self) {
        if let Some(report) = self.transport.as_mut().and_then(Transport::feedback) {
            self.link.seal_report(&report);
        }
    }

    /// The next frame of every encoding.
    pub(super) fn film(&mut self, measured: &mut Measured) {
        if !self.link.is_connected() {
            return;
        }
        for film in &mut self.films {
            for mut packet in film.frame() {
                film::stamp(&mut packet, clock::wall());
                self.link.seal(&packet);
                measured.sent += 1;
            }
        }
    }

    pub(super) fn speak(&mut self, measured: &mut Measured) {
        if let Some(voice) = self.voice.as_mut().filter(|_| self.link.is_connected()) {
            let mut packet = voice.packet();
            film::stamp(&mut packet, clock::wall());
            self.link.seal(&packet);
            measured.sent += 1;
        }
    }

    /// Sends what is to be sent, datagram by datagram as a browser does.
    pub(super) fn flush(&mut self, measured: &mut Measured) {
        let destination = self.link.server();
        for datagram in self.link.out.drain(..) {
            let transmit =
                Transmit { destination, ecn: None, contents: &datagram, segment_size: None, src_ip: None };
            if let Err(error) = self.state.try_send((&self.socket).into(), &transmit)
                && error.kind() != std::io::ErrorKind::WouldBlock
                && measured.failures.len() < 10
            {
                measured.failures.push(format!("sending: {error}"));
            }
        }
    }
}

/// The transport-wide number of a sealed packet: header extensions are not encrypted.
fn transport_number(packet: &[u8]) -> Option<u16> {
    let end = film::header_len(packet)?;
    let begin = 12 + 4 * usize::from(packet[0] & 15);
    if packet[0] & 0x10 == 0 || packet.get(begin..begin + 2)? != [0xbe, 0xde] {
        return None;
    }
    let mut rest = packet.get(begin + 4..end)?;
    while let [head, after @ ..] = rest {
        if *head == 0 {
            rest = after;
            continue;
        }
        let (value, next) = after.split_at_checked(usize::from(head & 15) + 1)?;
        if head >> 4 == TRANSPORT_EXTENSION {
            return Some(u16::from_be_bytes(*value.first_chunk()?));
        }
        rest = next;
    }
    None
}
