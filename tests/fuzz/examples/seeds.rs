//! Writes the inputs to begin with: `cargo run --release --example seeds -- corpus` fills `corpus/TARGET/`.

use std::path::PathBuf;

fn main() -> std::io::Result<()> {
    let folder = PathBuf::from(std::env::args_os().nth(1).unwrap_or_else(|| "corpus".into()));
    for target in letopis_fuzz::TARGETS {
        let place = folder.join(target.name);
        std::fs::create_dir_all(&place)?;
        let seeds = (target.seeds)();
        for (number, bytes) in seeds.iter().enumerate() {
            std::fs::write(place.join(format!("seed-{number:04}")), bytes)?;
        }
        println!("{}: {} inputs", target.name, seeds.len());
    }
    Ok(())
}
