//! Real processes killed for good, real disks that fill up, go away or lose their power.
//!
//! `LETOPIS_KILL_ROUNDS` makes the first test longer. What needs a file system of its own is passed over, loudly, where
//! none may be mounted.

use std::process::{Child, Command as Program};
use std::time::{Duration, Instant};

use super::*;

/// Lines of one host, one second apart, so that every record is a record of its own.
fn log(host: &str, lines: usize) -> String {
    log_from(host, 0, lines)
}

fn log_from(host: &str, first: usize, lines: usize) -> String {
    let line = |n: usize| {
        let (hour, minute, second) = (n / 3600 % 24, n / 60 % 60, n % 60);
        format!(
            "Jan  5 {hour:02}:{minute:02}:{second:02} {host} sshd[{n}]: Accepted password for anna from 203.0.113.{} port {} ssh2\n",
            n % 250,
            1024 + n
        )
    };
    (first..first + lines).map(line).collect()
}

fn is_whole(env: &Environment, archive: &str, what: &str) {
    let outcome = env.run(&["-a", archive, "verify", "--json"]);
    assert_eq!(outcome.code, 0, "{what}: {}", outcome.text());
}

fn begin(env: &Environment, arguments: &[&str]) -> Child {
    let mut command = env.command(arguments);
    command
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Waits for a process that may be told of trouble, but must not end by our own fault.
#[track_caller]
fn end(child: Child) -> (Option<i32>, String) {
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        !said.contains("panicked") && output.status.code() != Some(255),
        "{said}"
    );
    (output.status.code(), said)
}

/// The step of a mixing function: the moments differ from round to round and are the same in every run.
fn moment(round: u64, longest: Duration) -> Duration {
    let mixed = round.wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29) >> 33;
    longest.mul_f64(mixed as f64 / f64::from(1u32 << 31))
}

#[test]
fn killed_at_any_moment_nothing_is_lost_and_nothing_doubled() {
    let rounds = std::env::var("LETOPIS_KILL_ROUNDS")
        .ok()
        .and_then(|text| text.parse().ok());
    let rounds: u64 = rounds.unwrap_or(30);
    let env = Environment::with_archive();
    let mut killed = [0u64; 5];
    let mut longest = [Duration::from_millis(1); 5];
    for round in 0..rounds {
        // A file that is new each time, and one that grows.
        env.write(&format!("in/day-{round}.log"), log(&format!("host{round}"), 40));
        let grown = log_from("web1", 3 * round as usize, 3).replace("Jan  5", "Jan  6");
        env.append("in/auth.log", grown);
        let (kind, arguments) = match round % 7 {
            2 => (4, &["-a", "a", "compact"][..]),
            3 => (1, &["-a", "a", "rebuild"][..]),
            4 => (2, &["-a", "a", "search", "anna", "--count"][..]),
            5 => (3, &["-a", "a", "verify", "--record"][..]),
            _ => (0, &["-a", "a", "ingest", "in"][..]),
        };
        let start = Instant::now();
        let mut child = begin(&env, arguments);
        if round >= 7 {
            std::thread::sleep(moment(round, longest[kind]));
            child.kill().unwrap();
        }
        let (code, said) = end(child);
        match code {
            None => killed[kind] += 1,
            Some(code) => {
                assert_eq!(code, 0, "round {round}: {said}");
                longest[kind] = start.elapsed();
            }
        }
        is_whole(&env, "a", &format!("round {round}, {arguments:?}"));
        env.run(&["-a", "a", "ingest", "in", "--json"]).exits(0);
    }
    // The same input into an archive that nobody disturbed, in one go; the one that grew is one object there.
    env.verified();
    let auth = fs::read_to_string(env.path("in/auth.log"))
        .unwrap()
        .lines()
        .count() as u64;
    assert_eq!(
        env.run(&[
            "-a",
            "a",
            "sql",
            "select count(*) as n from events",
            "--format",
            "ndjson"
        ])
        .exits(0)
        .stdout
        .trim(),
        format!("{{\"n\":{}}}", auth + rounds * 40)
    );
    env.run(&["-a", "b", "ingest", "in"]).exits(0);
    let plain = |archive: &str| -> Vec<String> {
        let rows = env.rows(archive).into_iter();
        let mut plain: Vec<String> = rows
            .map(|row| {
                let row: Value = serde_json::from_str(&row).unwrap();
                format!("{} {} {}", row["host"], row["raw"], row["kind"])
            })
            .collect();
        plain.sort();
        plain
    };
    assert_eq!(plain("a"), plain("b"));
    eprintln!(
        "{rounds} rounds of kill -9: {} intakes, {} rebuilds, {} readings, {} recorded checks, {} compactions cut off, nothing lost",
        killed[0], killed[1], killed[2], killed[3], killed[4]
    );
    assert!(
        rounds < 30 || killed.iter().sum::<u64>() * 4 >= rounds,
        "too few were cut off: {killed:?}"
    );
}

/// A file system of its own, given back when this is dropped.
struct Mounted {
    at: PathBuf,
}

impl Mounted {
    /// Mounts with these arguments at `at`; none, and a word about it, where that is not allowed.
    fn new(env: &Environment, at: &str, arguments: &[&str]) -> Option<Self> {
        fs::create_dir_all(env.path(at)).unwrap();
        let at = env.path(at);
        let output = Program::new("mount").args(arguments).arg(&at).output();
        match output {
            Ok(output) if output.status.success() => Some(Self { at }),
            other => {
                let why = other.map_or_else(
                    |e| e.to_string(),
                    |o| String::from_utf8_lossy(&o.stderr).into_owned(),
                );
                eprintln!("SKIPPED: no file system can be mounted here ({})", why.trim());
                None
            }
        }
    }

    fn memory(env: &Environment, at: &str, size: &str) -> Option<Self> {
        Self::new(
            env,
            at,
            &["-t", "tmpfs", "-o", &format!("size={size},mode=0700"), "tmpfs"],
        )
    }

    fn again(&self, options: &str) {
        let options = format!("remount,{options}");
        let output = Program::new("mount")
            .args(["-o", &options])
            .arg(&self.at)
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        let _ = Program::new("umount").arg("-l").arg(&self.at).output();
    }
}

#[test]
fn a_full_disk_is_said_and_harms_nothing() {
    let env = Environment::new();
    env.write("in/auth.log", log("web1", 4000));
    env.run(&["-a", "whole", "ingest", "in"]).exits(0);
    let expected = env.rows("whole");
    let mut refused = 0;
    // From nothing at all to almost enough: each stops the intake at another place.
    for size in ["16k", "48k", "64k", "96k", "128k", "192k", "256k", "384k", "512k"] {
        let Some(disk) = Mounted::memory(&env, "disk", size) else {
            return;
        };
        let output = env.run(&["-a", "disk/a", "ingest", "in"]);
        if output.code == 0 {
            break;
        }
        refused += 1;
        let output = output.exits(3).says("No space left on device");
        assert!(
            !output.stderr.contains("letopis verify names all damage"),
            "{}",
            output.text()
        );
        if env.path("disk/a/letopis.toml").exists() {
            is_whole(&env, "disk/a", size);
        }
        disk.again("size=64m");
        env.run(&["-a", "disk/a", "ingest", "in"]).exits(0);
        assert_eq!(env.rows("disk/a"), expected, "{size}");
        is_whole(&env, "disk/a", size);
        if refused == 4 {
            reading_on_a_full_disk(&env, &disk);
        }
    }
    assert!(refused >= 4, "{refused} disks were too small");
}

/// A reading that cannot be recorded is refused, and told where its record can go.
fn reading_on_a_full_disk(env: &Environment, disk: &Mounted) {
    let filler = disk.at.join("filler");
    let full = fs::write(&filler, vec![7u8; 64 << 20]);
    assert!(full.is_err(), "the disk is full now");
    env.run(&["-a", "disk/a", "search", "anna", "--count"])
        .exits(3)
        .says("No space left on device")
        .says("--journal DIR");
    let beside = env
        .run(&["-a", "disk/a", "search", "anna", "--count", "--journal", "beside"])
        .exits(0);
    assert_eq!(beside.stdout.trim(), "4000");
    fs::remove_file(&filler).unwrap();
    is_whole(env, "disk/a", "after a full disk");
}

#[test]
fn a_read_only_medium_is_read_and_not_written() {
    let env = Environment::with_archive();
    let Some(disk) = Mounted::memory(&env, "disk", "16m") else {
        return;
    };
    env.run(&["-a", "disk/a", "ingest", "in"]).exits(0);
    disk.again("ro");
    is_whole(&env, "disk/a", "read-only");
    env.run(&["-a", "disk/a", "ingest", "in"])
        .exits(3)
        .says("Read-only file system");
    env.run(&["-a", "disk/a", "search", "anna", "--count"])
        .exits(3)
        .says("--journal DIR");
    let beside = env
        .run(&["-a", "disk/a", "search", "anna", "--count", "--journal", "beside"])
        .exits(0);
    assert_eq!(beside.stdout.trim(), "1");
    disk.again("rw");
    env.run(&["-a", "disk/a", "ingest", "in"]).exits(0);
    is_whole(&env, "disk/a", "writable again");
}

#[test]
fn a_medium_that_goes_away_is_said_and_nothing_is_written_elsewhere() {
    let env = Environment::new();
    for host in 0..30 {
        env.write(&format!("in/host{host}.log"), log(&format!("host{host}"), 1500));
    }
    env.run(&["-a", "whole", "ingest", "in"]).exits(0);
    let expected = env.rows("whole").len();
    let mut gone = 0;
    for round in 0..6u64 {
        let archive = format!("a{round}");
        env.run(&["-a", &archive, "init"]).exits(0);
        let child = begin(&env, &["-a", &archive, "ingest", "in"]);
        let (here, there) = (env.path(&archive), env.path("elsewhere"));
        // Under way: where there is no archive yet, an intake would rightly make one.
        let begun = Instant::now();
        let under_way = || fs::read_dir(here.join("tmp")).is_ok_and(|mut names| names.next().is_some());
        while !under_way() && begun.elapsed() < Duration::from_secs(20) {
            std::thread::sleep(Duration::from_millis(1));
        }
        std::thread::sleep(moment(round + 1, Duration::from_millis(150)));
        fs::rename(&here, &there).unwrap();
        let (code, said) = end(child);
        gone += u64::from(code == Some(3));
        assert!(matches!(code, Some(0 | 3)), "{said}");
        assert!(
            !here.exists(),
            "nothing is made anew where the archive was: {said}"
        );
        fs::rename(&there, &here).unwrap();
        is_whole(&env, &archive, "back again");
        env.run(&["-a", &archive, "ingest", "in"]).exits(0);
        is_whole(&env, &archive, "taken in again");
        assert_eq!(env.rows(&archive).len(), expected);
    }
    assert!(gone > 0, "no intake noticed");
}

/// A second real file system in a file of its own. What stands in that file while the program is stopped is what a
/// power cut would leave: the copy has what was synced and whatever the system had written of its own accord.
#[test]
fn a_power_cut_on_a_journaling_file_system_loses_nothing() {
    let env = Environment::new();
    env.write("in/auth.log", log("web1", 600));
    env.run(&["-a", "whole", "ingest", "in"]).exits(0);
    let expected = env.rows("whole");
    let make = |image: &str| {
        fs::File::create(env.path(image))
            .unwrap()
            .set_len(24 << 20)
            .unwrap();
        let made = Program::new("mkfs.ext4")
            .args(["-q", "-F"])
            .arg(env.path(image))
            .output();
        made.is_ok_and(|output| output.status.success())
    };
    let mount = |image: &str, at: &str| {
        let image = env.path(image).display().to_string();
        Mounted::new(&env, at, &["-o", "loop", &image])
    };
    let mut cut = 0;
    for round in 0..8u64 {
        if !make("disk.img") {
            eprintln!("SKIPPED: no second file system can be made here (mkfs.ext4)");
            return;
        }
        let Some(disk) = mount("disk.img", "disk") else {
            return;
        };
        let child = begin(&env, &["-a", "disk/a", "ingest", "in"]);
        std::thread::sleep(moment(round + 3, Duration::from_millis(250)));
        signal(child.id(), "STOP");
        fs::copy(env.path("disk.img"), env.path("cut.img")).unwrap();
        signal(child.id(), "CONT");
        let (code, said) = end(child);
        assert_eq!(code, Some(0), "{said}");
        assert_eq!(env.rows("disk/a"), expected, "the file system that went on");
        is_whole(&env, "disk/a", "the file system that went on");
        drop(disk);
        let Some(_after) = mount("cut.img", "after") else {
            return;
        };
        cut += 1;
        if env.path("after/a/letopis.toml").exists() || env.path("after/a/ledger/head").exists() {
            is_whole(&env, "after/a", &format!("power cut {round}"));
        }
        env.run(&["-a", "after/a", "ingest", "in"]).exits(0);
        assert_eq!(env.rows("after/a"), expected, "power cut {round}");
        is_whole(&env, "after/a", &format!("taken in after power cut {round}"));
    }
    eprintln!("{cut} power cuts on ext4, nothing lost");
}

fn signal(process: u32, name: &str) {
    let _ = Program::new("kill")
        .arg(format!("-{name}"))
        .arg(process.to_string())
        .output();
}
