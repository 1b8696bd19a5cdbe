//! Where browsers are told to send media: the addresses, and the TCP port of the pages for those who cannot use UDP.

use crate::config::Config;
use crate::system::interface_addresses;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// Addresses for media, best first.
pub(crate) fn announced(config: &Config) -> Vec<IpAddr> {
    let listening = config.server.listen.ip();
    if !config.media.announce.is_empty() {
        config.media.announce.clone()
    } else if !listening.is_unspecified() {
        vec![listening]
    } else {
        let found = interface_addresses();
        if found.is_empty() { vec![Ipv4Addr::LOCALHOST.into()] } else { found }
    }
}

/// The same with the port of the pages as it is from outside, where browsers would take it and we listen.
pub(crate) fn announced_tcp(config: &Config, announced: &[IpAddr]) -> Vec<SocketAddr> {
    if !config.media.tcp {
        return Vec::new();
    }
    let port = port_of(&config.server.public_url);
    let listening = config.server.listen.ip();
    let candidates = announced.iter().filter(|address| listening.is_ipv6() || address.is_ipv4());
    candidates.map(|address| SocketAddr::new(*address, port)).filter(|to| is_taken_by_browsers(*to)).collect()
}

/// Of an origin.
fn port_of(public_url: &str) -> u16 {
    let port = public_url.rsplit_once(':').and_then(|(_, port)| port.parse().ok());
    port.unwrap_or(443)
}

/// libwebrtc (`P2PTransportChannel`, `VerifyCandidate`) refuses ports below 1024 but for 80 and 443, and these on private
/// addresses.
fn is_taken_by_browsers(to: SocketAddr) -> bool {
    to.port() >= 1024 || (matches!(to.port(), 80 | 443) && !is_private(to.ip()))
}

fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => {
            let [first, second, ..] = v4.octets();
            let shared = first == 100 && second & 0xc0 == 64;
            v4.is_private() || v4.is_loopback() || v4.is_link_local() || shared
        }
        IpAddr::V6(v6) => v6.is_loopback() || v6.is_unique_local() || v6.is_unicast_link_local(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tcp(public_url: &str, listen: &str, on: &str) -> Vec<String> {
        let variables = [
            ("KEGELBAHN__SERVER__PUBLIC_URL", public_url),
            ("KEGELBAHN__SERVER__LISTEN", listen),
            ("KEGELBAHN__MEDIA__TCP", on),
            ("KEGELBAHN__MEDIA__ANNOUNCE", "192.0.2.7,10.0.0.7,2001:db8::7"),
        ];
        let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let config = Config::load(None, variables, None).unwrap();
        announced_tcp(&config, &announced(&config)).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn the_port_is_the_one_that_people_use() {
        // The operator forwards 443 to another port here.
        assert_eq!(
            tcp("https://kegeln.example", "[::]:8443", "true"),
            ["192.0.2.7:443", "[2001:db8::7]:443"]
        );
        let all = ["192.0.2.7:8443", "10.0.0.7:8443", "[2001:db8::7]:8443"];
        assert_eq!(tcp("https://kegeln.example:8443", "[::]:8443", "true"), all);
        assert_eq!(tcp("", "0.0.0.0:8443", "true"), all[..2], "where nobody listens nothing is offered");
    }

    #[test]
    fn what_browsers_refuse_is_not_offered() {
        assert!(tcp("https://kegeln.example:444", "[::]:444", "true").is_empty());
        assert!(tcp("https://kegeln.example:8443", "[::]:8443", "false").is_empty());
    }
}
