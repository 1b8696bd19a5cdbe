#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| media_plane::fuzzing::codecs(bytes));
