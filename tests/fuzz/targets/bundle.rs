#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| letopis_fuzz::bundle::run(data));
