//! What forwarding cannot be cheaper than: a bare AES-128-GCM seal for each packet and the plane's own kernel sends.
//! Only for the benchmark, which prints the plane beside it.

use std::net::{SocketAddr, UdpSocket};
use std::time::Duration;

use ring::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};

use crate::datagram::{Socket, thread_cpu};
use crate::plane::{Batch, Message};

/// A socket that sends as the plane does.
pub struct Floor {
    socket: Socket,
    key: LessSafeKey,
    batch: Batch,
}

impl Floor {
    /// Sends from this socket.
    pub fn over(socket: UdpSocket) -> std::io::Result<Self> {
        let key = UnboundKey::new(&AES_128_GCM, &[7; 16])
            .map_err(|_unspecified| std::io::Error::other("no AES-GCM"))?;
        Ok(Self { socket: Socket::over(socket)?, key: LessSafeKey::new(key), batch: Batch::default() })
    }

    /// Seals and sends `burst` packets of `len` bytes to each receiver, one run each, in batches like the plane's.
    pub fn send(&mut self, receivers: &[SocketAddr], burst: usize, len: usize) {
        for receiver in receivers {
            let start = self.batch.bytes.len();
            for number in 0..burst {
                let begin = self.batch.bytes.len();
                self.batch.bytes.resize(begin + len, 0x5a);
                let (header, rest) = self.batch.bytes[begin..].split_at_mut(20);
                let (plain, tag) = rest.split_at_mut(len - 36);
                let mut nonce = [0; 12];
                nonce[0] = number as u8;
                let nonce = Nonce::assume_unique_for_key(nonce);
                if let Ok(sealed) = self.key.seal_in_place_separate_tag(nonce, Aad::from(&*header), plain) {
                    tag.copy_from_slice(sealed.as_ref());
                }
            }
            self.batch.messages.push(Message { to: *receiver, start, len: burst * len, segment: len });
            if self.batch.is_full() {
                self.flush();
            }
        }
        self.flush();
    }

    /// Sends equally long datagrams as one run.
    pub fn send_run(&mut self, to: SocketAddr, datagrams: &[Vec<u8>]) {
        let segment = datagrams.first().map_or(0, Vec::len);
        for datagram in datagrams {
            self.batch.bytes.extend_from_slice(datagram);
        }
        let len = self.batch.bytes.len();
        self.batch.messages.push(Message { to, start: 0, len, segment });
        self.flush();
    }

    fn flush(&mut self) {
        self.socket.send(&self.batch);
        self.batch.clear();
    }
}

/// CPU time of the calling thread.
#[must_use]
pub fn cpu_time() -> Duration {
    thread_cpu()
}
