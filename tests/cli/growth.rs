//! The same input again, longer, rotated or changed: nothing doubled, nothing lost.

use super::*;

#[test]
fn the_same_input_again_adds_nothing_but_its_arrival() {
    let env = Environment::new();
    env.write("in/auth.log", AUTH);
    env.write(
        "in/old/auth.log.1.gz",
        gz(AUTH.replace("Jan  5", "Jan  4").as_bytes()),
    );
    env.write("in/app.jsonl", "{\"time\":\"2026-01-05T10:00:00Z\",\"message\":\"one\"}\n{\"time\":\"2026-01-05T10:00:01Z\",\"message\":\"two\"}\n");
    let first = env.ingest(&[]);
    assert_eq!(first["records"], 6, "{first}");
    assert_eq!(file(&first, "auth.log")["status"], "new");
    assert_eq!(file(&first, "auth.log")["first_time"], "2026-01-05T10:00:00Z");
    let keys: Vec<_> = file(&first, "auth.log")
        .as_object()
        .unwrap()
        .keys()
        .cloned()
        .collect();
    for key in [
        "path",
        "status",
        "format",
        "encoding",
        "bytes",
        "records",
        "unparsed",
        "first_time",
        "last_time",
        "object",
        "reason",
    ] {
        assert!(keys.iter().any(|k| k == key), "{key} in {keys:?}");
    }
    assert_eq!(first["checkpoint"]["root"].as_str().unwrap().len(), 64);
    let before: Vec<String> = files_below(&env.path("a")).into_iter().map(|f| f.0).collect();
    let second = env.ingest(&[]);
    assert_eq!((&second["records"], &second["segments"]), (&0.into(), &0.into()));
    for entry in second["files"].as_array().unwrap() {
        assert_eq!(entry["status"], "known");
    }
    assert!(second["checkpoint"]["size"].as_u64() > first["checkpoint"]["size"].as_u64());
    let after: Vec<String> = files_below(&env.path("a")).into_iter().map(|f| f.0).collect();
    let derived = |names: &[String]| {
        names
            .iter()
            .filter(|n| n.starts_with("objects/") || n.starts_with("segments/"))
            .cloned()
            .collect::<Vec<_>>()
    };
    assert_eq!(derived(&before), derived(&after));
    env.verified();
}

#[test]
fn a_file_that_grows_adds_only_what_is_new() {
    let env = Environment::with_archive();
    env.append(
        "in/auth.log",
        "Jan  5 10:00:09 web1 sshd[101]: Accepted password for boris from 203.0.113.7 port 4002 ssh2\n",
    );
    let grown = env.ingest(&[]);
    assert_eq!(file(&grown, "auth.log")["status"], "grown");
    assert_eq!(grown["records"], 1);
    assert_eq!(env.count("ssh2"), 3);
    assert_eq!(env.count("boris"), 1);
    env.verified();
}

#[test]
fn an_unterminated_last_record_is_read_again_with_what_follows() {
    let env = Environment::new();
    env.write("in/auth.log", &AUTH[..AUTH.len() - 20]);
    assert_eq!(env.ingest(&[])["records"], 2);
    env.write("in/auth.log", AUTH);
    let grown = env.ingest(&[]);
    assert_eq!(file(&grown, "auth.log")["status"], "grown", "{grown}");
    assert_eq!(grown["records"], 1);
    assert_eq!(
        env.count("\"port 4001 ssh2\""),
        1,
        "the whole record is there once"
    );
    env.verified();
}

#[test]
fn an_unterminated_last_record_is_superseded_and_not_doubled() {
    let env = Environment::new();
    env.write("in/auth.log", &AUTH[..AUTH.len() - 20]);
    assert_eq!(env.ingest(&[])["records"], 2);
    let cited = |env: &Environment| {
        let found = env
            .run(&["-a", "a", "search", "anna", "--format", "ndjson"])
            .exits(0);
        let row: Value = serde_json::from_str(found.stdout.lines().next().unwrap()).unwrap();
        row["event_id"].as_str().unwrap().to_owned()
    };
    let half = cited(&env);
    env.write("in/auth.log", AUTH);
    let grown = env.ingest(&[]);
    assert_eq!(file(&grown, "auth.log")["status"], "grown", "{grown}");
    assert_eq!(env.count("anna"), 1, "the half record and the whole one");
    assert_eq!(env.count("sshd"), 2);
    // What was cited can still be shown and proven, and says where the whole record stands.
    let whole = cited(&env);
    assert_ne!(half, whole);
    env.run(&["-a", "a", "show", &half])
        .exits(0)
        .says(&format!("it stands whole at {whole}"));
    env.run(&["-a", "a", "prove", &half, "-o", "half.proof"]).exits(0);
    env.run(&["prove", "--check", "half.proof"])
        .exits(0)
        .says("PROVEN");
    env.verified();
    env.run(&["-a", "a", "verify", "--rederive"]).exits(0);
}

#[test]
fn a_rotated_copy_is_known_and_what_follows_it_is_new() {
    let env = Environment::with_archive();
    fs::rename(env.path("in/auth.log"), env.path("in/auth.log.1")).unwrap();
    env.write(
        "in/auth.log",
        "Jan  6 00:00:01 web1 sshd[7]: Accepted password for vera from 203.0.113.8 port 1 ssh2\n",
    );
    let outcome = env.ingest(&[]);
    assert_eq!(file(&outcome, "auth.log.1")["status"], "known");
    assert_eq!(file(&outcome, "auth.log")["status"], "new", "{outcome}");
    assert_eq!(outcome["records"], 1);
    env.verified();
}

#[test]
fn a_file_whose_earlier_bytes_differ_is_changed_and_both_stay() {
    let env = Environment::with_archive();
    env.write("in/auth.log", AUTH.replace("203.0.113.6", "203.0.113.9"));
    let outcome = env.ingest(&[]);
    assert_eq!(file(&outcome, "auth.log")["status"], "changed");
    assert!(
        file(&outcome, "auth.log")["reason"]
            .as_str()
            .unwrap()
            .contains("gave other bytes before")
    );
    assert_eq!((env.count("203.0.113.6"), env.count("203.0.113.9")), (1, 1));
    env.verified();
    env.write("in/auth.log", AUTH.replace("203.0.113.6", "203.0.113.10"));
    env.run(&["-a", "a", "ingest", "in", "--strict"])
        .exits(1)
        .says("changed");
}
