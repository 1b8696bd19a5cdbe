//! Datagrams by the batch: `recvmmsg` with UDP_GRO, `sendmmsg` with UDP_SEGMENT, and waiting for a datagram, a command
//! or a TCP connection. The only file with `unsafe`: system calls that the standard library does not have.
#![expect(unsafe_code, reason = "system calls for batches of datagrams; every block says why it is sound")]

use std::io;
use std::mem::{size_of, zeroed};
use std::net::{IpAddr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6, TcpStream, UdpSocket};
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};
use std::time::Duration;

use crate::plane::Batch;

/// Messages taken in one call. Each buffer holds the largest datagram, or as much as the kernel merged (GRO).
pub(crate) const MESSAGES: usize = 16;
const BUFFER: usize = 65_536;
/// For bursts while a thread is at work; the system may grant less.
const SOCKET_BUFFER: libc::c_int = 4 << 20;
const SEND_BATCH: usize = 64;
/// Connections looked at in one call.
const READY: usize = 64;
/// Bytes that the kernel takes beyond what the far end has room for: 130 ms at 1 Mbit/s.
const UNSENT_MAX: libc::c_int = 16 << 10;
/// Bytes on their way on a connection: 8 Mbit/s over a round trip of 250 ms. The system doubles it for its own use.
const STREAM_BUFFER: libc::c_int = 256 << 10;

/// Control data: room for one `u16` or `int` option, aligned as the kernel wants it.
type Control = [u64; 4];
/// The same for what comes with a message: an `int` and a `timespec`.
type Controls = [u64; 8];

/// A thread's socket.
pub(crate) struct Socket {
    socket: UdpSocket,
    /// Bound to IPv6: IPv4 peers appear as mapped addresses.
    v6: bool,
    /// Cleared when the kernel or the interface refuses.
    segmentation: bool,
}

/// Received datagrams, until the next call.
pub(crate) struct Inbox {
    buffers: Vec<u8>,
    names: [libc::sockaddr_storage; MESSAGES],
    controls: [Controls; MESSAGES],
    lengths: [(usize, usize); MESSAGES],
    arrivals: [Option<Duration>; MESSAGES],
    senders: [Option<SocketAddr>; MESSAGES],
}

impl Inbox {
    pub(crate) fn new() -> Self {
        Self {
            buffers: vec![0; MESSAGES * BUFFER],
            // SAFETY: sockaddr_storage is plain data; all zeroes is a valid value of it.
            names: unsafe { zeroed() },
            controls: [[0; 8]; MESSAGES],
            lengths: [(0, 0); MESSAGES],
            arrivals: [None; MESSAGES],
            senders: [None; MESSAGES],
        }
    }

    /// Every datagram of the first `count` messages, with merged ones taken apart: who sent it, and when it reached the
    /// machine, since 1970 (`None` if the kernel does not tell).
    pub(crate) fn datagrams(
        &mut self,
        count: usize,
    ) -> impl Iterator<Item = (SocketAddr, Option<Duration>, &mut [u8])> {
        let messages = self.buffers.chunks_mut(BUFFER).zip(self.lengths).zip(self.senders).zip(self.arrivals);
        messages.take(count).flat_map(|(((buffer, (length, segment)), sender), arrived)| {
            let datagrams = buffer[..length].chunks_mut(segment.max(1));
            datagrams.filter_map(move |datagram| Some((sender?, arrived, datagram)))
        })
    }
}

impl Socket {
    pub(crate) fn bind(address: SocketAddr) -> io::Result<Self> {
        Self::over(UdpSocket::bind(address)?)
    }

    pub(crate) fn over(socket: UdpSocket) -> io::Result<Self> {
        let v6 = socket.local_addr()?.is_ipv6();
        socket.set_nonblocking(true)?;
        for (level, name, value) in [
            (libc::SOL_SOCKET, libc::SO_RCVBUF, SOCKET_BUFFER),
            (libc::SOL_SOCKET, libc::SO_SNDBUF, SOCKET_BUFFER),
            (libc::SOL_UDP, libc::UDP_GRO, 1),
            (libc::SOL_SOCKET, libc::SO_TIMESTAMPNS, 1),
        ] {
            set_option(socket.as_raw_fd(), level, name, value);
        }
        Ok(Self { socket, v6, segmentation: true })
    }

    pub(crate) fn port(&self) -> io::Result<u16> {
        Ok(self.socket.local_addr()?.port())
    }

    /// Takes what is there, without waiting: the number of messages.
    pub(crate) fn receive(&self, inbox: &mut Inbox) -> io::Result<usize> {
        // SAFETY: mmsghdr and iovec are plain data; all zeroes is a valid value.
        let (mut headers, mut slices): ([libc::mmsghdr; MESSAGES], [libc::iovec; MESSAGES]) =
            unsafe { (zeroed(), zeroed()) };
        for (i, buffer) in inbox.buffers.chunks_mut(BUFFER).enumerate() {
            slices[i] = libc::iovec { iov_base: buffer.as_mut_ptr().cast(), iov_len: buffer.len() };
            let header = &mut headers[i].msg_hdr;
            header.msg_name = (&raw mut inbox.names[i]).cast();
            header.msg_namelen = size_of::<libc::sockaddr_storage>() as u32;
            header.msg_iov = &raw mut slices[i];
            header.msg_iovlen = 1;
            header.msg_control = inbox.controls[i].as_mut_ptr().cast();
            header.msg_controllen = size_of::<Controls>() as _;
        }
        // SAFETY: every pointer in `headers` is into `slices` or `inbox`, which live until the call has returned,
        // with the lengths they really have.
        let count = unsafe {
            let flags = libc::MSG_DONTWAIT;
            libc::recvmmsg(
                self.socket.as_raw_fd(),
                headers.as_mut_ptr(),
                MESSAGES as u32,
                flags as _,
                std::ptr::null_mut(),
            )
        };
        let count = usize::try_from(count).map_err(|_negative| io::Error::last_os_error())?;
        for (i, header) in headers[..count].iter().enumerate() {
            let length = header.msg_len as usize;
            let (segment, arrived) = told_with(&header.msg_hdr);
            inbox.lengths[i] = (length.min(BUFFER), segment.filter(|size| *size > 0).unwrap_or(length));
            inbox.arrivals[i] = arrived;
            inbox.senders[i] = address_of(&inbox.names[i]);
        }
        Ok(count)
    }

    /// Sends a batch. What the kernel does not take is lost, as on any network; no error ends anything.
    pub(crate) fn send(&mut self, batch: &Batch) {
        let mut sent = 0;
        while sent < batch.messages.len() {
            let until = (sent + SEND_BATCH).min(batch.messages.len());
            let taken = if self.segmentation { self.send_some(batch, sent, until) } else { Ok(0) };
            match taken {
                Ok(taken) if taken > 0 => sent += taken,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Ok(_) => {
                    self.send_apart(batch, sent);
                    sent += 1;
                }
                Err(error) => {
                    // EIO: the interface cannot segment; EINVAL, EMSGSIZE: this size not. Then one by one.
                    let code = error.raw_os_error();
                    self.segmentation &= code != Some(libc::EIO);
                    if matches!(code, Some(libc::EIO | libc::EINVAL | libc::EMSGSIZE)) {
                        self.send_apart(batch, sent);
                    }
                    sent += 1;
                }
            }
        }
    }

    fn send_some(&self, batch: &Batch, from: usize, until: usize) -> io::Result<usize> {
        // SAFETY: all four are plain data; all zeroes is a valid value.
        let (mut headers, mut slices, mut names): (
            [libc::mmsghdr; SEND_BATCH],
            [libc::iovec; SEND_BATCH],
            [libc::sockaddr_storage; SEND_BATCH],
        ) = unsafe { (zeroed(), zeroed(), zeroed()) };
        let mut controls = [[0_u64; 4]; SEND_BATCH];
        let messages = &batch.messages[from..until];
        for (i, message) in messages.iter().enumerate() {
            let bytes = &batch.bytes[message.start..message.start + message.len];
            slices[i] = libc::iovec { iov_base: bytes.as_ptr().cast_mut().cast(), iov_len: bytes.len() };
            let header = &mut headers[i].msg_hdr;
            header.msg_namelen = self.write_address(message.to, &mut names[i]);
            header.msg_name = (&raw mut names[i]).cast();
            header.msg_iov = &raw mut slices[i];
            header.msg_iovlen = 1;
            if message.len > message.segment {
                set_segment_size(header, &mut controls[i], message.segment as u16);
            }
        }
        // SAFETY: every pointer in `headers` is into the arrays above or into `batch`, which all live until the call
        // has returned; the kernel only reads through them.
        let count = unsafe {
            libc::sendmmsg(self.socket.as_raw_fd(), headers.as_mut_ptr(), messages.len() as u32, 0)
        };
        usize::try_from(count).map_err(|_negative| io::Error::last_os_error())
    }

    fn send_apart(&self, batch: &Batch, message: usize) {
        let message = batch.messages[message];
        let bytes = &batch.bytes[message.start..message.start + message.len];
        for datagram in bytes.chunks(message.segment.max(1)) {
            // Lost, as on any network.
            drop(self.socket.send_to(datagram, self.target(message.to)));
        }
    }

    fn target(&self, to: SocketAddr) -> SocketAddr {
        match to {
            SocketAddr::V4(v4) if self.v6 => SocketAddr::new(v4.ip().to_ipv6_mapped().into(), v4.port()),
            SocketAddr::V4(_) | SocketAddr::V6(_) => to,
        }
    }

    fn write_address(&self, to: SocketAddr, name: &mut libc::sockaddr_storage) -> u32 {
        match self.target(to) {
            SocketAddr::V4(v4) => {
                let address = libc::sockaddr_in {
                    sin_family: libc::AF_INET as _,
                    sin_port: v4.port().to_be(),
                    sin_addr: libc::in_addr { s_addr: u32::from_ne_bytes(v4.ip().octets()) },
                    sin_zero: [0; 8],
                };
                // SAFETY: sockaddr_storage is larger than sockaddr_in and aligned for it.
                unsafe { (&raw mut *name).cast::<libc::sockaddr_in>().write(address) };
                size_of::<libc::sockaddr_in>() as u32
            }
            SocketAddr::V6(v6) => {
                let address = libc::sockaddr_in6 {
                    sin6_family: libc::AF_INET6 as _,
                    sin6_port: v6.port().to_be(),
                    sin6_flowinfo: 0,
                    sin6_addr: libc::in6_addr { s6_addr: v6.ip().octets() },
                    sin6_scope_id: v6.scope_id(),
                };
                // SAFETY: sockaddr_storage is larger than sockaddr_in6 and aligned for it.
                unsafe { (&raw mut *name).cast::<libc::sockaddr_in6>().write(address) };
                size_of::<libc::sockaddr_in6>() as u32
            }
        }
    }
}

/// A refusal costs speed only, so the result does not matter.
fn set_option(descriptor: RawFd, level: libc::c_int, name: libc::c_int, value: libc::c_int) {
    // SAFETY: the descriptor is open, the value is a c_int that outlives the call, its size is given.
    let _refused = unsafe {
        let pointer = (&raw const value).cast();
        libc::setsockopt(descriptor, level, name, pointer, size_of::<libc::c_int>() as u32)
    };
}

/// The size that merged datagrams have, if the kernel merged some, and when they came.
fn told_with(header: &libc::msghdr) -> (Option<usize>, Option<Duration>) {
    let (mut size, mut arrived) = (None, None);
    // SAFETY: the kernel has written `msg_control` and `msg_controllen` consistently; the macros stay inside them, and
    // each option is of the type that its level and name say.
    unsafe {
        let mut control = libc::CMSG_FIRSTHDR(header);
        while let Some(found) = control.as_ref() {
            match (found.cmsg_level, found.cmsg_type) {
                (libc::SOL_UDP, libc::UDP_GRO) => {
                    let value = libc::CMSG_DATA(control).cast::<libc::c_int>().read_unaligned();
                    size = usize::try_from(value).ok();
                }
                (libc::SOL_SOCKET, libc::SCM_TIMESTAMPNS) => {
                    let time = libc::CMSG_DATA(control).cast::<libc::timespec>().read_unaligned();
                    let parts = (u64::try_from(time.tv_sec).ok(), u32::try_from(time.tv_nsec).ok());
                    arrived = parts.0.zip(parts.1).map(|(seconds, nanos)| Duration::new(seconds, nanos));
                }
                _ => {}
            }
            control = libc::CMSG_NXTHDR(header, control);
        }
    }
    (size, arrived)
}

fn set_segment_size(header: &mut libc::msghdr, control: &mut Control, size: u16) {
    header.msg_control = control.as_mut_ptr().cast();
    // SAFETY: CMSG_SPACE and CMSG_LEN only compute; one header and a u16 need 24 of the 32 bytes of `control`,
    // which is aligned for cmsghdr, so CMSG_FIRSTHDR is not null and the writes stay inside.
    unsafe {
        header.msg_controllen = libc::CMSG_SPACE(size_of::<u16>() as u32) as _;
        let first = libc::CMSG_FIRSTHDR(header);
        (*first).cmsg_level = libc::SOL_UDP;
        (*first).cmsg_type = libc::UDP_SEGMENT;
        (*first).cmsg_len = libc::CMSG_LEN(size_of::<u16>() as u32) as _;
        libc::CMSG_DATA(first).cast::<u16>().write_unaligned(size);
    }
}

fn address_of(name: &libc::sockaddr_storage) -> Option<SocketAddr> {
    match libc::c_int::from(name.ss_family) {
        libc::AF_INET => {
            // SAFETY: the kernel wrote a sockaddr_in, as the family says.
            let v4 = unsafe { (&raw const *name).cast::<libc::sockaddr_in>().read() };
            let ip = v4.sin_addr.s_addr.to_ne_bytes();
            Some(SocketAddrV4::new(ip.into(), u16::from_be(v4.sin_port)).into())
        }
        libc::AF_INET6 => {
            // SAFETY: the kernel wrote a sockaddr_in6, as the family says.
            let v6 = unsafe { (&raw const *name).cast::<libc::sockaddr_in6>().read() };
            let (ip, port) = (Ipv6Addr::from(v6.sin6_addr.s6_addr), u16::from_be(v6.sin6_port));
            match ip.to_canonical() {
                IpAddr::V4(v4) => Some(SocketAddrV4::new(v4, port).into()),
                IpAddr::V6(_) => Some(SocketAddrV6::new(ip, port, 0, v6.sin6_scope_id).into()),
            }
        }
        _ => None,
    }
}

/// Wakes a waiting thread from another one.
pub(crate) struct Bell {
    descriptor: OwnedFd,
}

impl Bell {
    pub(crate) fn new() -> io::Result<Self> {
        // SAFETY: eventfd has no preconditions.
        let descriptor = unsafe { libc::eventfd(0, libc::EFD_NONBLOCK | libc::EFD_CLOEXEC) };
        if descriptor < 0 {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: the descriptor is new and nobody else's.
        Ok(Self { descriptor: unsafe { OwnedFd::from_raw_fd(descriptor) } })
    }

    pub(crate) fn ring(&self) {
        let one = 1_u64;
        // SAFETY: eight readable bytes, as eventfd wants. It fails only when it is rung already.
        let _rung = unsafe { libc::write(self.descriptor.as_raw_fd(), (&raw const one).cast(), 8) };
    }

    pub(crate) fn silence(&self) {
        let mut count = 0_u64;
        // SAFETY: eight writable bytes. It fails only when the bell is silent already.
        let _silent = unsafe { libc::read(self.descriptor.as_raw_fd(), (&raw mut count).cast(), 8) };
    }

    /// Waits until the bell rings, a datagram is there, a connection is ready, or the time is over.
    /// What is `None` is left alone.
    pub(crate) fn wait(
        &self,
        socket: Option<&Socket>,
        streams: Option<&Readiness>,
        patience: Duration,
    ) -> Woken {
        let watch = |fd: RawFd| libc::pollfd { fd, events: libc::POLLIN, revents: 0 };
        // Negative descriptors are passed over.
        let first = socket.map_or(-1, |socket| socket.socket.as_raw_fd());
        let third = streams.map_or(-1, |streams| streams.descriptor.as_raw_fd());
        let mut watched = [watch(first), watch(self.descriptor.as_raw_fd()), watch(third)];
        let count = if streams.is_some() { 3 } else { 2 };
        let timeout = libc::timespec {
            tv_sec: patience.as_secs().min(3600) as _,
            tv_nsec: patience.subsec_nanos().into(),
        };
        // SAFETY: `count` of the pollfd with open descriptors, and a timespec, all alive until the call has returned.
        // An interruption or error is a wake-up for nothing.
        let _ready =
            unsafe { libc::ppoll(watched.as_mut_ptr(), count, &raw const timeout, std::ptr::null()) };
        Woken { rung: watched[1].revents != 0, streams: watched[2].revents != 0 }
    }
}

/// What ended a wait, besides datagrams and time.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Woken {
    pub(crate) rung: bool,
    pub(crate) streams: bool,
}

/// Which of many TCP connections have something to read or room to write (epoll): one descriptor to wait for, however
/// many there are.
pub(crate) struct Readiness {
    descriptor: OwnedFd,
}

impl Readiness {
    pub(crate) fn new() -> io::Result<Self> {
        // SAFETY: epoll_create1 has no preconditions.
        let descriptor = unsafe { libc::epoll_create1(libc::EPOLL_CLOEXEC) };
        if descriptor < 0 {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: the descriptor is new and nobody else's.
        Ok(Self { descriptor: unsafe { OwnedFd::from_raw_fd(descriptor) } })
    }

    /// Watches a connection under a name until it is closed: for bytes, and for room when `to_write`.
    pub(crate) fn watch(&self, stream: &TcpStream, name: u32, to_write: bool, known: bool) -> io::Result<()> {
        let events = if to_write { libc::EPOLLIN | libc::EPOLLOUT } else { libc::EPOLLIN };
        let mut event = libc::epoll_event { events: events as u32, u64: name.into() };
        let change = if known { libc::EPOLL_CTL_MOD } else { libc::EPOLL_CTL_ADD };
        let (epoll, stream) = (self.descriptor.as_raw_fd(), stream.as_raw_fd());
        // SAFETY: both descriptors are open, the event outlives the call.
        let done = unsafe { libc::epoll_ctl(epoll, change, stream, &raw mut event) };
        if done < 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
    }

    /// The names of some connections that are ready now.
    pub(crate) fn ready(&self, names: &mut Vec<u32>) {
        let mut events = [libc::epoll_event { events: 0, u64: 0 }; READY];
        // SAFETY: the events are writable and as many as said. An error is as none ready.
        let count =
            unsafe { libc::epoll_wait(self.descriptor.as_raw_fd(), events.as_mut_ptr(), READY as _, 0) };
        names.clear();
        names.extend(events.iter().take(usize::try_from(count).unwrap_or(0)).map(|event| event.u64 as u32));
    }
}

/// Makes a TCP connection one for live media: nothing waits for company, and the kernel holds little that is unsent, so
/// that what is late can still be dropped by us.
pub(crate) fn set_live(stream: &TcpStream) {
    let descriptor = stream.as_raw_fd();
    set_option(descriptor, libc::IPPROTO_TCP, libc::TCP_NODELAY, 1);
    set_option(descriptor, libc::IPPROTO_TCP, libc::TCP_NOTSENT_LOWAT, UNSENT_MAX);
    set_option(descriptor, libc::SOL_SOCKET, libc::SO_SNDBUF, STREAM_BUFFER);
}

/// CPU time of the calling thread.
pub(crate) fn thread_cpu() -> Duration {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the timespec outlives the call. The clock exists on every Linux, so the call does not fail.
    let _always = unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &raw mut time) };
    Duration::new(u64::try_from(time.tv_sec).unwrap_or(0), u32::try_from(time.tv_nsec).unwrap_or(0))
}

#[cfg(test)]
#[path = "datagram_tests.rs"]
mod tests;
