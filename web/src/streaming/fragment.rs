//! SDP fragments for ICE (RFC 8840): what a client says of its session later, and what it is told of ours. Pure.

use actors::participant::IceFragment;

/// The credentials of a fragment. Its candidates are not looked at: the server finds a client by its checks.
pub(super) fn read(body: &[u8]) -> Option<IceFragment> {
    let text = std::str::from_utf8(body).ok()?;
    let value = |key: &str| text.lines().find_map(|line| line.trim_end().strip_prefix(key));
    let fit = |text: &&str, least: usize| {
        let ice_char = |c: char| c.is_ascii_alphanumeric() || c == '+' || c == '/';
        (least..=256).contains(&text.len()) && text.chars().all(ice_char)
    };
    let ufrag = value("a=ice-ufrag:").filter(|text| fit(text, 4))?;
    let pwd = value("a=ice-pwd:").filter(|text| fit(text, 22))?;
    Some(IceFragment { ufrag: ufrag.to_owned(), pwd: pwd.to_owned() })
}

/// Of a whole description what a client needs after an ICE restart: the group, and the first m-line that is in use with
/// its credentials and candidates.
pub(super) fn write(sdp: &str) -> String {
    let mut sections = sdp.split("\r\nm=");
    let session = sections.next().unwrap_or_default();
    let in_use = |section: &&str| section.split(' ').nth(1) != Some("0");
    let section = sections.find(in_use).unwrap_or_default();
    let mut out = String::new();
    let mut keep = |line: &str| {
        out.push_str(line);
        out.push_str("\r\n");
    };
    session.lines().filter(|line| line.starts_with("a=group:") || *line == "a=ice-lite").for_each(&mut keep);
    keep(&format!("m={}", section.lines().next().unwrap_or_default()));
    let wanted = ["a=mid:", "a=ice-ufrag:", "a=ice-pwd:", "a=candidate:", "a=end-of-candidates"];
    let lines = section.lines().filter(|line| wanted.iter().any(|begin| line.starts_with(begin)));
    lines.for_each(&mut keep);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_read_and_nonsense_is_not() {
        let body = "a=ice-ufrag:EsAw\r\na=ice-pwd:P2uYro0UCOQ4zxjKXaWCBui1\r\nm=audio 9 RTP/AVP 0\r\na=mid:0\r\n\
            a=candidate:1 1 udp 1 192.0.2.1 9 typ host\r\na=end-of-candidates\r\n";
        let fragment = read(body.as_bytes()).unwrap();
        assert_eq!((fragment.ufrag.as_str(), fragment.pwd.len()), ("EsAw", 24));
        assert_eq!(read(body.replace("EsAw", "E").as_bytes()), None);
        assert_eq!(read(body.replace("EsAw", "E\u{e4}Aw").as_bytes()), None);
        assert_eq!(read(b"\xff"), None);
        assert_eq!(read(b""), None);
    }

    #[test]
    fn the_first_line_in_use_carries_the_new_credentials() {
        let sdp = "v=0\r\na=group:BUNDLE 1\r\na=ice-lite\r\nm=audio 0 UDP/TLS/RTP/SAVPF 0\r\na=mid:0\r\n\
            m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=ice-ufrag:u\r\na=ice-pwd:p\r\na=candidate:1\r\n\
            a=end-of-candidates\r\na=mid:1\r\na=sendonly\r\n";
        let expected = "a=group:BUNDLE 1\r\na=ice-lite\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\na=ice-ufrag:u\r\n\
            a=ice-pwd:p\r\na=candidate:1\r\na=end-of-candidates\r\na=mid:1\r\n";
        assert_eq!(write(sdp), expected);
    }
}
