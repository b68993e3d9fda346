//! Formats that a user describes, from the check to the archive.

use super::*;

const DOOR: &str = r#"
name = "door"
title = "Doors of the archive room"
[record]
pattern = '^(?<when>\S+ \S+) door (?<target>\w+) (?<action>opened|closed) by (?<user_name>\w+)$'
[time]
field = "when"
layout = "%d.%m.%Y %H:%M:%S"
[[kind]]
field = "action"
equals = "opened"
kind = "access.obtain"
[[sample]]
text = "01.02.2026 08:00:00 door north opened by anna"
events = [{ target = "north", user_name = "anna", kind = "access.obtain" }]
"#;

const LINES: &str =
    "05.01.2026 10:00:00 door north opened by anna\n05.01.2026 10:00:09 door north closed by anna\n";

#[test]
fn a_described_format_is_checked_detected_and_taken_in() {
    let env = Environment::new();
    env.write("my/door.toml", DOOR);
    env.write("in/door.log", LINES);
    env.run(&["formats", "check", "my/door.toml"])
        .exits(0)
        .says("door (Doors of the archive room), 1 samples as promised");
    env.run(&["detect", "--formats", "my", "in"])
        .exits(0)
        .says("door (85)");
    let outcome = env
        .run(&["-a", "a", "ingest", "--formats", "my", "in", "--json"])
        .exits(0)
        .json();
    assert_eq!(outcome["files"][0]["format"], "door");
    assert_eq!(outcome["unparsed"], 0);
    // The archive needs the file no more.
    fs::remove_dir_all(env.path("my")).unwrap();
    env.run(&["-a", "a", "verify", "--rederive"]).exits(0);
    env.append("in/door.log", "05.01.2026 10:00:10 door south opened by serik\n");
    let outcome = env.run(&["-a", "a", "ingest", "in", "--json"]).exits(0).json();
    assert_eq!(outcome["files"][0]["status"], "grown");
    assert_eq!(outcome["files"][0]["format"], "door");
    env.run(&["-a", "a", "rebuild"]).exits(0);
    env.run(&["-a", "a", "verify", "--rederive"]).exits(0);
}

#[test]
fn a_description_that_does_not_hold_is_refused_before_anything_is_taken_in() {
    let env = Environment::new();
    env.write("in/door.log", LINES);
    env.write(
        "my/door.toml",
        DOOR.replace("user_name = \"anna\"", "user_name = \"serik\""),
    );
    let words = "my/door.toml: sample[1].events[1].user_name: expected `serik`, found `anna`";
    env.run(&["formats", "check", "my/door.toml"])
        .exits(2)
        .says(words);
    env.run(&["-a", "a", "ingest", "--formats", "my", "in"])
        .exits(2)
        .says(words);
    assert!(!env.path("a").exists());
    env.run(&["detect", "--formats", "in", "in"])
        .exits(2)
        .says("in: expected files that end in .toml, found none");
}

#[test]
fn formats_are_listed_and_shown() {
    let env = Environment::new();
    let names = env.run(&["formats", "list", "--json"]).exits(0).json();
    let names: Vec<_> = names
        .as_array()
        .unwrap()
        .iter()
        .map(|f| f["name"].as_str().unwrap())
        .collect();
    assert!(names.len() > 80 && names.contains(&"exim"), "{names:?}");
    for name in names {
        let shown = env.run(&["formats", "show", name, "--json"]).exits(0).json();
        assert_eq!(shown["name"], name);
        assert!(!shown["reference"].as_str().unwrap().is_empty(), "{name}");
    }
    env.run(&["formats", "show", "exim"])
        .exits(0)
        .says("Exim specification");
    env.run(&["formats", "show", "nothing"])
        .exits(2)
        .says("no format is called `nothing`");
}
