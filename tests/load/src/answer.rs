//! Reads what is needed of an offer, and writes the answer of a client that sends audio and video and receives all.

use crate::Failure;
use crate::film::RIDS;
use std::net::SocketAddr;

const MID: &str = "a=extmap:1 urn:ietf:params:rtp-hdrext:sdes:mid\r\n";
const TWCC: &str = "a=extmap:5 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01\r\na=rtcp-fb:* transport-cc\r\n";

/// ICE credentials of one side.
#[derive(Clone, Debug)]
pub(crate) struct Credentials {
    pub(crate) ufrag: String,
    pub(crate) pwd: String,
}

/// The server's side of a connection.
#[derive(Clone, Debug)]
pub(crate) struct Offer {
    pub(crate) credentials: Credentials,
    pub(crate) address: SocketAddr,
}

fn attribute<'a>(sdp: &'a str, name: &str) -> Option<&'a str> {
    sdp.lines().find_map(|line| line.strip_prefix("a=")?.strip_prefix(name)?.strip_prefix(':'))
}

impl Offer {
    /// The first UDP candidate on a loopback address counts.
    pub(crate) fn read(sdp: &str) -> Result<Self, Failure> {
        let credential = |name| attribute(sdp, name).map(str::to_owned).ok_or("an offer without credentials");
        let candidates = sdp.lines().filter_map(|line| line.strip_prefix("a=candidate:"));
        let addresses = candidates.filter_map(|candidate| {
            let words: Vec<&str> = candidate.split(' ').collect();
            let udp = words.get(2)?.eq_ignore_ascii_case("udp");
            let address = SocketAddr::new(words.get(4)?.parse().ok()?, words.get(5)?.parse().ok()?);
            (udp && address.ip().is_loopback()).then_some(address)
        });
        let address = addresses.into_iter().next().ok_or("the server offers no UDP candidate on loopback")?;
        Ok(Self {
            credentials: Credentials { ufrag: credential("ice-ufrag")?, pwd: credential("ice-pwd")? },
            address,
        })
    }
}

/// The answer; receiving m-lines need no mention.
pub(crate) fn answer(local: &Credentials, fingerprint: &str, layers: usize, twcc: bool) -> String {
    let twcc = if twcc { TWCC } else { "" };
    let mut sdp = format!(
        "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=fingerprint:sha-256 {fingerprint}\r\n\
         a=setup:active\r\na=ice-ufrag:{}\r\na=ice-pwd:{}\r\n",
        local.ufrag, local.pwd
    );
    sdp += &format!(
        "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\nc=IN IP4 0.0.0.0\r\na=mid:mic\r\na=sendonly\r\n{MID}{twcc}\
         a=extmap:4 urn:ietf:params:rtp-hdrext:ssrc-audio-level\r\na=rtpmap:111 opus/48000/2\r\n"
    );
    for name in ["cam", "scr"] {
        sdp += &format!(
            "m=video 9 UDP/TLS/RTP/SAVPF 96 97\r\nc=IN IP4 0.0.0.0\r\na=mid:{name}\r\na=sendonly\r\n{MID}{twcc}\
             a=rtpmap:96 VP8/90000\r\na=rtpmap:97 rtx/90000\r\na=fmtp:97 apt=96\r\n"
        );
        if name == "cam" && layers > 1 {
            sdp += "a=extmap:2 urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id\r\n";
            let rids: Vec<&str> = RIDS.iter().take(layers).copied().collect();
            for rid in &rids {
                sdp += &format!("a=rid:{rid} send\r\n");
            }
            sdp += &format!("a=simulcast:send {}\r\n", rids.join(";"));
        }
    }
    sdp
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_offer_is_read_and_a_far_server_refused() {
        let offer = |ip: &str| {
            let tcp = "a=candidate:2 1 tcp 1 127.0.0.1 443 typ host tcptype passive";
            format!(
                "v=0\r\na=ice-ufrag:abcd\r\na=ice-pwd:secret\r\n{tcp}\r\na=candidate:1 1 udp 9 {ip} 7881 typ host\r\n"
            )
        };
        let read = Offer::read(&offer("127.0.0.1")).unwrap();
        assert_eq!((read.address.port(), read.credentials.ufrag.as_str()), (7881, "abcd"));
        assert_eq!(read.credentials.pwd, "secret");
        assert!(Offer::read(&offer("192.0.2.1")).is_err());
    }
}
