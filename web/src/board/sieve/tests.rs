use super::*;

/// A file's bytes through a sieve, cut into pieces of this length.
fn sifted(kind: Kind, bytes: &[u8], piece: usize) -> Result<Vec<u8>, Unfit> {
    let (mut sieve, mut out) = (Sieve::new(kind), Vec::new());
    for piece in bytes.chunks(piece) {
        sieve.push(piece, &mut out)?;
    }
    sieve.finish().map(|()| out)
}

/// The same, however it is cut.
fn passes(kind: Kind, bytes: &[u8]) -> Result<Vec<u8>, Unfit> {
    let whole = sifted(kind, bytes, bytes.len().max(1));
    for piece in 1..9 {
        assert_eq!(sifted(kind, bytes, piece), whole, "in pieces of {piece}");
    }
    whole
}

fn png_chunk(name: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len()).unwrap().to_be_bytes();
    [&length, &name[..], body, &[1, 2, 3, 4]].concat()
}

fn png(width: u32, chunks: &[Vec<u8>]) -> Vec<u8> {
    let ihdr = [&width.to_be_bytes()[..], &[0, 0, 0, 9, 8, 2, 0, 0, 0]].concat();
    let signature = [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n'].to_vec();
    [&[signature, png_chunk(b"IHDR", &ihdr)], chunks].concat().concat()
}

#[test]
fn a_png_keeps_what_draws_and_loses_what_tells() {
    let (data, end) = (png_chunk(b"IDAT", b"pixels"), png_chunk(b"IEND", b""));
    let alpha = png_chunk(b"tRNS", b"x");
    let plain = png(7, &[alpha.clone(), data.clone(), end.clone()]);
    assert_eq!(passes(Kind::Png, &plain).unwrap(), plain);
    let mut telling = vec![alpha];
    for name in [b"tEXt", b"zTXt", b"iTXt", b"eXIf", b"tIME", b"iCCP", b"caBX"] {
        telling.push(png_chunk(name, b"Juna, 52.5 N"));
    }
    telling.extend([data.clone(), png_chunk(b"tEXt", b""), end.clone(), b"PK a second file".to_vec()]);
    assert_eq!(passes(Kind::Png, &png(7, &telling)).unwrap(), plain);

    for (wrong, why) in [
        (png(7, std::slice::from_ref(&data)), Unfit::Damaged),
        (png(7, std::slice::from_ref(&end)), Unfit::Damaged),
        (png(0, &[data.clone(), end.clone()]), Unfit::Damaged),
        (png(16_385, &[data.clone(), end.clone()]), Unfit::TooManyPixels),
        (png(7, &[png_chunk(b"acTL", b"12345678"), data.clone(), end.clone()]), Unfit::Moving),
        (png(7, &[png_chunk(b"UNKN", b""), data, end]), Unfit::Damaged),
        (b"GIF89a, no PNG".to_vec(), Unfit::OtherKind),
        (Vec::new(), Unfit::Damaged),
    ] {
        assert_eq!(passes(Kind::Png, &wrong).unwrap_err(), why);
    }
}

fn segment(code: u8, body: &[u8]) -> Vec<u8> {
    let length = u16::try_from(body.len() + 2).unwrap().to_be_bytes();
    [&[0xff, code], &length[..], body].concat()
}

fn jpeg(segments: &[Vec<u8>]) -> Vec<u8> {
    [&[vec![0xff, 0xd8]], segments].concat().concat()
}

#[test]
fn a_jpeg_keeps_what_draws_and_loses_what_tells() {
    let jfif = segment(0xe0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0");
    let adobe = segment(0xee, b"Adobe\0d\0\0\0\0\x01");
    let frame = segment(0xc2, &[8, 0, 9, 0, 7, 1, 1, 0x11, 0]);
    let scan = [segment(0xda, &[1, 1, 0, 0, 63, 0]), vec![1, 0xff, 0x00, 2, 0xff, 0xd3, 3]].concat();
    let tables = segment(0xc4, &[0; 17]);
    let end = vec![0xff, 0xd9];
    let drawing = [tables.clone(), frame.clone(), scan.clone(), tables, scan.clone(), end.clone()];
    let plain = jpeg(&[&[jfif.clone(), adobe.clone()], &drawing[..]].concat());
    assert_eq!(passes(Kind::Jpeg, &plain).unwrap(), plain);
    let telling = [
        jfif,
        segment(0xe0, b"JFXX\0\x10 a thumbnail"),
        segment(0xe1, b"Exif\0\0 52.5 N"),
        segment(0xe1, b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta/>"),
        segment(0xe2, b"ICC_PROFILE\0 of a screen"),
        segment(0xed, b"Photoshop 3.0\0 IPTC"),
        vec![0xff, 0xff],
        segment(0xfe, b"drawn by Juna"),
        segment(0xfe, b""),
        adobe,
    ];
    let behind = [segment(0xe1, b"Exif of a second picture"), b"MPF".to_vec()];
    // The two bytes of filling stand before a marker, which begins with one more.
    let mut all = jpeg(&[&telling[..], &drawing[..], &behind[..]].concat());
    assert_eq!(passes(Kind::Jpeg, &all).unwrap(), plain);
    all.truncate(all.len() / 2);
    assert_eq!(passes(Kind::Jpeg, &all).unwrap_err(), Unfit::Damaged);

    let large = segment(0xc0, &[8, 0xff, 0xff, 0xff, 0xff, 1, 1, 0x11, 0]);
    for (wrong, why) in [
        (jpeg(&[scan.clone(), end.clone()]), Unfit::Damaged),
        (jpeg(&[frame.clone(), end.clone()]), Unfit::Damaged),
        (jpeg(&[large, scan.clone(), end.clone()]), Unfit::TooManyPixels),
        (jpeg(&[frame, vec![0xff, 0xe1, 0, 1], scan, end]), Unfit::Damaged),
        (b"<svg onload=alert(1)>".to_vec(), Unfit::OtherKind),
    ] {
        assert_eq!(passes(Kind::Jpeg, &wrong).unwrap_err(), why);
    }
}

fn riff_chunk(name: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len()).unwrap().to_le_bytes();
    let padding = &[0][..body.len() % 2];
    [&name[..], &length, body, padding].concat()
}

fn webp(chunks: &[Vec<u8>]) -> Vec<u8> {
    let chunks = chunks.concat();
    let length = u32::try_from(chunks.len() + 4).unwrap().to_le_bytes();
    [&b"RIFF"[..], &length, b"WEBP", &chunks].concat()
}

#[test]
fn a_webp_keeps_what_draws_and_its_hidden_data_is_blanked() {
    let lossy = riff_chunk(b"VP8 ", &[0, 0, 0, 0x9d, 1, 0x2a, 7, 0, 9, 0, 1, 2, 3]);
    let lossless = riff_chunk(b"VP8L", &[0x2f, 6, 0, 2, 0, 5]);
    for simple in [&lossy, &lossless] {
        let plain = webp(std::slice::from_ref(simple));
        assert_eq!(passes(Kind::Webp, &plain).unwrap(), plain);
    }
    let extended = |features| riff_chunk(b"VP8X", &[features, 0, 0, 0, 6, 0, 0, 8, 0, 0]);
    let alpha = riff_chunk(b"ALPH", b"abc");
    let telling = webp(&[
        extended(0x3c),
        riff_chunk(b"ICCP", b"screen"),
        alpha.clone(),
        lossy.clone(),
        riff_chunk(b"EXIF", b"52.5 N"),
        riff_chunk(b"XMP ", b"Juna!"),
    ]);
    let blanked = webp(&[
        extended(0x10),
        riff_chunk(b"JUNK", &[0; 6]),
        alpha,
        lossy.clone(),
        riff_chunk(b"JUNK", &[0; 6]),
        riff_chunk(b"JUNK", &[0; 5]),
    ]);
    assert_eq!(passes(Kind::Webp, &telling).unwrap(), blanked);
    let behind = [&webp(std::slice::from_ref(&lossy))[..], b"PK"].concat();
    assert_eq!(passes(Kind::Webp, &behind).unwrap(), webp(std::slice::from_ref(&lossy)));

    let huge = riff_chunk(b"VP8X", &[0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]);
    for (wrong, why) in [
        (webp(&[extended(0x02), lossy.clone()]), Unfit::Moving),
        (webp(&[extended(0), riff_chunk(b"ANMF", &[0; 16])]), Unfit::Moving),
        (webp(&[huge, lossy.clone()]), Unfit::TooManyPixels),
        (webp(&[extended(0)]), Unfit::Damaged),
        (webp(&[lossy.clone(), lossy.clone()]), Unfit::Damaged),
        (webp(&[riff_chunk(b"VP8 ", b"short")]), Unfit::Damaged),
        (webp(&[lossy])[..20].to_vec(), Unfit::Damaged),
        (b"RIFF\x04\0\0\0WAVE".to_vec(), Unfit::OtherKind),
    ] {
        assert_eq!(passes(Kind::Webp, &wrong).unwrap_err(), why);
    }
}

#[test]
fn a_pdf_is_known_by_its_first_bytes_and_left_as_it_is() {
    assert_eq!(passes(Kind::Pdf, b"%PDF-1.7 and so on").unwrap(), b"%PDF-1.7 and so on");
    assert_eq!(passes(Kind::Pdf, b"\n%PDF-1.7").unwrap_err(), Unfit::OtherKind);
    assert_eq!(passes(Kind::Pdf, b"%PDF-").unwrap_err(), Unfit::Damaged);
}

#[test]
fn no_bytes_whatever_upset_it() {
    // SplitMix64 (Steele, Lea, Flood 2014).
    let mut seed = 7_u64;
    let mut random = move || {
        seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = (seed ^ (seed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    };
    let seeds = [
        (Kind::Png, png(7, &[png_chunk(b"IDAT", b"pixels"), png_chunk(b"IEND", b"")])),
        (Kind::Jpeg, jpeg(&[segment(0xc0, &[8, 0, 9, 0, 7, 1, 1, 0x11, 0]), segment(0xda, &[1; 6])])),
        (Kind::Webp, webp(&[riff_chunk(b"VP8X", &[0; 10]), riff_chunk(b"EXIF", b"x")])),
    ];
    for _ in 0..20_000 {
        let (kind, bytes) = &seeds[(random() % 3) as usize];
        let mut bytes = bytes.clone();
        for _ in 0..=random() % 4 {
            let at = (random() % bytes.len() as u64) as usize;
            bytes[at] = random() as u8;
        }
        let (mut sieve, mut out) = (Sieve::new(*kind), Vec::new());
        for piece in bytes.chunks(1 + (random() % 16) as usize) {
            if sieve.push(piece, &mut out).is_err() {
                break;
            }
        }
        assert!(out.len() <= bytes.len(), "nothing is added");
    }
}
