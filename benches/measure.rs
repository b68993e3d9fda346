//! How a micro-bench measures: processor time of its thread, the best of some rounds, one line a figure.
//! Each bench of a hot function includes this file by its path; `micro.py` reads the lines.

use std::time::{Duration, Instant};

/// Rounds, of which the best counts: what else runs on the machine only makes them slower.
const ROUNDS: usize = 5;
/// A round goes on at least so long, since the system counts a thread's time in ticks of some milliseconds.
const ROUND: Duration = Duration::from_millis(200);

/// Runs `work` again and again and prints how much of `unit` it does in a second, where one run does `amount`.
pub fn report(name: &str, amount: f64, unit: &str, mut work: impl FnMut()) {
    let mut best = 0f64;
    for _ in 0..ROUNDS {
        let (wall, spent) = (Instant::now(), processor_time());
        let mut runs = 0u32;
        while runs == 0 || wall.elapsed() < ROUND {
            work();
            runs += 1;
        }
        let seconds = match (spent, processor_time()) {
            (Some(before), Some(now)) if now > before => now - before,
            _ => wall.elapsed(),
        };
        best = best.max(amount * f64::from(runs) / seconds.as_secs_f64());
    }
    println!("{name:<52} {best:>12.3} {unit}");
}

/// What the processor gave this thread, where the system says so: other work on the machine does not count.
fn processor_time() -> Option<Duration> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    text.split(' ').next()?.parse().ok().map(Duration::from_nanos)
}
