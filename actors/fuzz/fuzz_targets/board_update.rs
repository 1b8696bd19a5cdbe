#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| actors::whiteboard::fuzzing::update(bytes));
