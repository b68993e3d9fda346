//! Many processes at once: readers beside a writer, two writers, locks that someone left behind.

use std::process::Child;

use super::*;

fn begin(env: &Environment, arguments: &[&str]) -> Child {
    let mut command = env.command(arguments);
    command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

fn entries(env: &Environment, kind: &str) -> usize {
    let text = fs::read_to_string(env.path("a/ledger/entries.jsonl")).unwrap();
    let wanted = format!("\"kind\":\"{kind}\"");
    text.lines().filter(|line| line.contains(&wanted)).count()
}

#[test]
fn fifty_readers_at_once_are_fifty_accesses_on_record() {
    let env = Environment::with_archive();
    let readers: Vec<Child> = (0..50)
        .map(|_| begin(&env, &["-a", "a", "search", "anna", "--count"]))
        .collect();
    for reader in readers {
        let output = reader.wait_with_output().unwrap();
        let (said, told) = (
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr),
        );
        assert_eq!((output.status.code(), said.trim()), (Some(0), "1"), "{told}");
    }
    assert_eq!(
        (entries(&env, "access-intent"), entries(&env, "access-result")),
        (50, 50)
    );
    let outcome = env.run(&["-a", "a", "verify", "--json"]).exits(0).json();
    assert!(!outcome["notices"].to_string().contains("dangling"), "{outcome}");
}

#[test]
fn readers_beside_an_intake_see_all_of_it_or_nothing() {
    let env = Environment::with_archive();
    for host in 0..20 {
        let lines: String = (0..1000)
            .map(|n| {
                AUTH.lines()
                    .nth(1)
                    .unwrap()
                    .replace("web1", &format!("host{host}"))
                    .replace("4001", &(1024 + n).to_string())
                    + "\n"
            })
            .collect();
        env.write(&format!("in/host{host}.log"), lines);
    }
    let mut intake = begin(&env, &["-a", "a", "ingest", "in"]);
    let (mut seen, mut during) = (Vec::new(), 0);
    loop {
        let running = intake.try_wait().unwrap().is_none();
        seen.push(env.count("anna"));
        during += usize::from(running);
        if !running {
            break;
        }
    }
    assert_eq!(intake.wait_with_output().unwrap().status.code(), Some(0));
    seen.push(env.count("anna"));
    assert!(
        seen.is_sorted() && seen.iter().all(|count| matches!(count, 1 | 20_001)),
        "{seen:?}"
    );
    assert_eq!(seen.last(), Some(&20_001));
    assert!(during > 0);
    env.verified();
}

#[test]
fn a_second_writer_is_refused_and_a_lock_left_behind_hinders_nobody() {
    let env = Environment::with_archive();
    let lock = env.path("a/ledger/writer.lock");
    let held = fs::OpenOptions::new().write(true).open(&lock).unwrap();
    held.lock().unwrap();
    let before = files_below(&env.path("a"));
    for arguments in [
        &["ingest", "in"][..],
        &["rebuild"],
        &["compact"],
        &["config", "set", "--retention", "12"],
    ] {
        let output = env.run(&[&["-a", "a"], arguments].concat());
        if output.code == 2 {
            // The words of an option may change; that this one takes the lock is another test's business.
            continue;
        }
        output
            .exits(3)
            .says("another process is writing to this archive")
            .says("no file has to be removed");
    }
    assert_eq!(files_below(&env.path("a")), before);
    drop(held);
    // The file is there still, and a process that is gone holds nothing.
    assert!(lock.exists());
    env.write("in/new.log", AUTH.replace("web1", "web2"));
    assert_eq!(env.ingest(&[])["records"], 2);
    env.verified();
}
