//! Lists the samples for embedding: `letopis demo` must run without the source tree.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() {
    let samples = Path::new("../../samples");
    println!("cargo::rerun-if-changed=../../samples");
    let mut files = Vec::new();
    for part in ["logs", "redelivered"] {
        collect(&samples.join(part), &mut files);
    }
    files.push(samples.join("sources.csv"));
    files.push(samples.join("truth.json"));
    files.sort();
    let mut code = String::from("pub static FILES: &[(&str, &[u8])] = &[\n");
    for file in &files {
        let name = file
            .strip_prefix(samples)
            .expect("below the samples")
            .to_string_lossy()
            .replace('\\', "/");
        // The place is asked for when the crate is compiled: a target folder may serve several clones.
        writeln!(
            code,
            "    ({name:?}, include_bytes!(concat!(env!(\"CARGO_MANIFEST_DIR\"), {:?}))),",
            format!("/../../samples/{name}")
        )
        .expect("a string");
    }
    code.push_str("];\n");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    fs::write(out.join("samples.rs"), code).expect("the list of samples");
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder of samples") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            collect(&path, files)
        } else {
            files.push(path)
        }
    }
}
