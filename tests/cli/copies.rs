//! Working copies through the real program: handed out, read, never written to, home again.

use super::*;

fn copied() -> Environment {
    let env = Environment::with_archive();
    env.run(&[
        "-a",
        "a",
        "copy",
        "c",
        "--for",
        "Б. Оспанов",
        "--purpose",
        "inquiry 7",
        "--case",
        "7",
    ])
    .exits(0)
    .says("it holds all that the archive holds");
    env
}

/// Rows of the list of copies.
fn copies(env: &Environment) -> Vec<Value> {
    let report = env.run(&["-a", "a", "access", "--json"]).exits(0).json();
    report["copies"].as_array().unwrap().clone()
}

#[test]
fn a_working_copy_is_read_on_record_and_its_journal_comes_home() {
    let env = copied();
    let ledger = |place: &str| fs::read(env.path(place).join("ledger/entries.jsonl")).unwrap();
    let (before, parent) = (ledger("c"), ledger("a"));
    assert!(parent.starts_with(&before) && parent.len() > before.len());
    // What it is, without its key: verify needs none, and finds nothing wrong.
    let checked = env
        .run(&["-a", "c", "verify", "--rederive", "--json"])
        .exits(0)
        .json();
    assert_eq!(checked["ok"], true, "{checked}");
    for name in [
        "c",
        "c.keys",
        "c/copy.json",
        "c.keys/journal.key",
        "c/journal/ledger/entries.jsonl",
    ] {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = fs::metadata(env.path(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{name}");
    }
    let read = |query: &str| env.run(&["-a", "c", "--key", "c.keys", "search", query, "--count"]);
    assert_eq!(read("anna").exits(0).stdout.trim(), "1");
    assert_eq!(read("root").exits(0).stdout.trim(), "1");
    let first = copies(&env);
    assert_eq!(
        (&first[0]["for"], &first[0]["adopted"]),
        (&"Б. Оспанов".into(), &Value::Null)
    );
    env.run(&["-a", "a", "access"])
        .exits(0)
        .says("journal outstanding");
    // With the keys of the archive itself it is read by nobody: its journal is signed by its own key.
    env.run(&["-a", "c", "search", "anna", "--count"]).exits(2);
    // Nothing writes to it, whatever keys are at hand.
    for command in [
        &["ingest", "in"][..],
        &["rebuild"],
        &["compact"],
        &["repair", "--from", "a"],
        &["config", "set", "--name", "x"],
        &["copy", "d", "--for", "somebody"],
    ] {
        let refused = env.run(&[&["-a", "c"], command].concat());
        assert!(refused.code != 0, "{command:?}: {}", refused.text());
        refused.says("this is a working copy");
        assert!(!env.path("d").exists() && ledger("c") == before, "{command:?}");
    }
    let adopted = env
        .run(&["-a", "a", "access", "adopt", "c", "--json"])
        .exits(0)
        .json();
    assert_eq!(adopted["readings"], 2, "{adopted}");
    let home = copies(&env);
    assert!(
        home[0]["readings"] == 2 && home[0]["adopted"].is_i64(),
        "{home:?}"
    );
    let report = env.run(&["-a", "a", "access", "--json"]).exits(0).json();
    let theirs = report["archive"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|row| row["journal"] == home[0]["copy"]);
    let queries: Vec<&str> = theirs.map(|row| row["command"].as_str().unwrap()).collect();
    assert!(
        queries.len() == 2 && queries[0].contains("search anna"),
        "{queries:?}"
    );
    env.verified();
    // Read on, and home again: only what is new.
    read("web1").exits(0);
    let again = env
        .run(&["-a", "a", "access", "adopt", "c", "--json"])
        .exits(0)
        .json();
    assert_eq!(
        (&again["readings"], &again["new_entries"]),
        (&3.into(), &2.into())
    );
    env.run(&["-a", "a", "access", "--report", "r", "--lang", "ru"])
        .exits(0);
    let page = files_below(&env.path("r"))
        .into_iter()
        .find(|(name, _)| name.ends_with(".html"))
        .unwrap();
    let page = String::from_utf8(page.1).unwrap();
    assert!(page.contains("Выданные рабочие копии") && page.contains("3 чтения"));
}

#[test]
fn a_copy_whose_journal_was_put_aside_is_not_read_and_stays_outstanding() {
    let env = copied();
    fs::rename(env.path("c/journal"), env.path("aside")).unwrap();
    let read = |more: &[&str]| {
        env.run(&[&["-a", "c", "--key", "c.keys", "search", "anna", "--count"], more].concat())
    };
    read(&[])
        .exits(2)
        .says("expected the one that this working copy came with");
    read(&["--journal", "j"])
        .exits(2)
        .says("expected the one that this working copy came with");
    env.run(&["-a", "a", "access", "adopt", "c"])
        .exits(2)
        .says("no access journal there");
    // One made up with the archive's own keys is not it.
    env.run(&["-a", "a", "search", "anna", "--count", "--journal", "c/journal"])
        .exits(0);
    read(&[])
        .exits(2)
        .says("expected the one that this working copy came with");
    env.run(&["-a", "a", "access", "adopt", "c"]).exits(0);
    assert_eq!(copies(&env)[0]["adopted"], Value::Null);
}

#[test]
fn what_is_asked_wrongly_hands_nothing_out() {
    let env = Environment::with_archive();
    let copy = |more: &[&str]| env.run(&[&["-a", "a", "copy"], more].concat());
    copy(&["c"]).exits(2).says("--for");
    copy(&["c", "--for", " "])
        .exits(2)
        .says("expected the name of a person");
    copy(&["a/inside", "--for", "x"]).exits(2).says("lies inside");
    copy(&["in", "--for", "x"]).exits(2).says("not empty");
    assert!(!env.path("a/inside").exists() && !env.path("in.keys").exists());
    env.run(&["-a", "a", "config", "set", "--require-purpose", "yes"])
        .exits(0);
    copy(&["c", "--for", "x"]).exits(2).says("--purpose TEXT");
    assert!(!env.path("c").exists() && !env.path("c.keys").exists());
    // A damaged archive is not handed out as a whole one.
    let object = files_below(&env.path("a"))
        .into_iter()
        .find(|(name, _)| name.ends_with(".zst"))
        .unwrap();
    let mut bytes = object.1.clone();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(env.path("a").join(&object.0), bytes).unwrap();
    let refused = copy(&["c", "--for", "x", "--purpose", "y"]);
    assert!(
        refused.code != 0 && !env.path("c/letopis.toml").exists(),
        "{}",
        refused.text()
    );
}

/// The commands that the README gives for working copies do what it says.
#[test]
fn the_section_of_the_readme_is_true() {
    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../README.md");
    let text = fs::read_to_string(readme).unwrap();
    let block = text
        .split("```")
        .find(|block| block.contains("letopis copy -a ARCHIVE COPY"))
        .unwrap();
    let env = Environment::with_archive();
    let mut said = Vec::new();
    for line in block.lines().filter(|line| line.starts_with("letopis ")) {
        let command = line.split('#').next().unwrap().trim();
        let command = command.replace("ARCHIVE", "a").replace("COPY", "c");
        // Words, and what stands in single quotes as one word.
        let mut words = Vec::new();
        for (place, part) in command.split('\'').enumerate() {
            match place % 2 {
                0 => words.extend(part.split_whitespace()),
                _ => words.push(part),
            }
        }
        said.push(env.run(&words[1..]).exits(0).text());
    }
    let [copy, search, access, adopt] = said.as_slice() else {
        panic!("{said:?}")
    };
    assert!(
        copy.contains("for B. Ospanov")
            && copy.contains("checked")
            && env.path("c.keys/journal.key").is_file()
    );
    assert!(search.contains("anna"), "{search}");
    assert!(
        access.contains("journal outstanding") && access.contains("B. Ospanov"),
        "{access}"
    );
    assert!(adopt.contains("1 readings"), "{adopt}");
    let after = env.run(&["-a", "a", "access"]).exits(0).text();
    assert!(
        after.contains("journal entered: 1 readings") && after.contains("search -a c"),
        "{after}"
    );
}
