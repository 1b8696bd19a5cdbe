//! The browser client, built by `build.rs` and embedded with its compressed forms. Knows no HTTP.

use std::borrow::Cow;
use std::fmt::Write as _;

#[derive(rust_embed::Embed)]
#[folder = "dist"]
#[exclude = ".built-from"]
#[exclude = "*.map"]
struct Dist;

/// How a file's bytes are packed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Encoding {
    /// As they are.
    Plain,
    /// RFC 1952.
    Gzip,
    /// RFC 7932.
    Brotli,
}

impl Encoding {
    /// HTTP's name of it; none for plain bytes.
    pub fn name(self) -> Option<&'static str> {
        match self {
            Self::Plain => None,
            Self::Gzip => Some("gzip"),
            Self::Brotli => Some("br"),
        }
    }

    fn suffix(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Gzip => ".gz",
            Self::Brotli => ".br",
        }
    }
}

/// A file of the client.
#[derive(Clone, Debug)]
pub struct Asset {
    /// Its bytes, packed by `encoding`.
    pub bytes: Cow<'static, [u8]>,
    /// How they are packed; files that packing does not make smaller are there only as they are.
    pub encoding: Encoding,
    /// Quoted, as in `ETag`; differs for every content and encoding.
    pub tag: String,
    /// Media type.
    pub kind: &'static str,
}

/// The file at `path` (without a leading slash), in the wanted encoding if there is one.
pub fn find(path: &str, wanted: Encoding) -> Option<Asset> {
    if path.ends_with(".br") || path.ends_with(".gz") {
        return None;
    }
    let packed = Dist::get(&format!("{path}{}", wanted.suffix())).map(|file| (file, wanted));
    let (file, encoding) = packed.or_else(|| Dist::get(path).map(|file| (file, Encoding::Plain)))?;
    let mut tag = String::from("\"");
    for byte in &file.metadata.sha256_hash()[..16] {
        // Writing to a String cannot fail.
        write!(tag, "{byte:02x}").ok();
    }
    tag.push('"');
    Some(Asset { bytes: file.data, encoding, tag, kind: kind_of(path) })
}

/// All paths, packed forms left out.
pub fn paths() -> impl Iterator<Item = Cow<'static, str>> {
    Dist::iter().filter(|path| !path.ends_with(".br") && !path.ends_with(".gz"))
}

fn kind_of(path: &str) -> &'static str {
    match path.rsplit_once('.').map_or("", |(_, ending)| ending) {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "wasm" => "application/wasm",
        "ttf" => "font/ttf",
        "icc" => "application/vnd.iccprofile",
        "txt" => "text/plain; charset=utf-8",
        // Licences beside what they are of.
        _ if path.contains("/LICENSE") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_document_is_there_and_never_under_its_packed_name() {
        let document = find("index.html", Encoding::Plain).expect("build.rs leaves a document");
        assert_eq!(document.kind, "text/html; charset=utf-8");
        assert!(find("index.html.br", Encoding::Plain).is_none());
        assert!(find(".built-from", Encoding::Plain).is_none());
        assert!(find("../Cargo.toml", Encoding::Plain).is_none());
    }

    #[test]
    fn every_file_has_a_known_kind_and_its_own_tag_per_encoding() {
        for path in paths() {
            // Tables and fonts of pdf.js' own make.
            let opaque = path.ends_with(".bcmap") || path.ends_with(".pfb");
            assert_eq!(kind_of(&path) == "application/octet-stream", opaque, "{path}");
            let plain = find(&path, Encoding::Plain).expect("listed");
            let packed = find(&path, Encoding::Brotli).expect("listed");
            assert_eq!(plain.tag == packed.tag, packed.encoding == Encoding::Plain, "{path}");
        }
    }
}
