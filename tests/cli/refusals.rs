//! What was typed wrong, or an archive that cannot be used: a sentence, a hint, the exit code, and nothing changed.

use super::*;

#[test]
fn what_is_not_there_is_named() {
    let env = Environment::with_archive();
    insta::assert_snapshot!(env.run(&["-a", "a", "ingest", "in", "nothere"]).text(), @r"
    Error: nothere: No such file or directory (os error 2)
    [exit 2]
    ");
    insta::assert_snapshot!(env.run(&["-a", "nope", "search", "x"]).text(), @r"
    Error: nope: no letopis archive here (letopis.toml not found)
    Hint: letopis ingest -a DIR INPUT makes an archive; letopis init an empty one
    [exit 2]
    ");
    env.run(&["-a", "nope", "verify"])
        .exits(2)
        .says("no letopis archive here");
    assert!(!env.path("nope").exists());
    insta::assert_snapshot!(env.run(&["-a", "a", "show", "0000000000000000000f-1"]).text(), @r"
    Error: record not found: <digest>-1
    [exit 2]
    ");
}

#[test]
fn options_and_queries_that_make_no_sense_name_what_was_expected() {
    let env = Environment::with_archive();
    for (arguments, part) in [
        (
            &["ingest", "in", "--format", "nosuch"][..],
            "no format is called `nosuch`",
        ),
        (&["ingest", "in", "--encoding", "nosuch"], "expected utf-8"),
        (&["ingest", "in", "--tz", "Mars/One"], "Asia/Almaty"),
        (&["search", "user:x"], "did you mean `user_name`"),
        (&["search", "\"unclosed"], "character 1"),
        (&["sql", "select nothing from events"], "nothing"),
        (&["sql", "drop table events"], "Error"),
        (&["show", "zzz"], "20 hex digits"),
        (&["query", "run", "nosuch"], "nosuch"),
        (&["stats", "quarter", "2026Q9"], "2026Q9"),
        (&["frobnicate"], "unrecognized subcommand"),
    ] {
        env.run(&[&["-a", "a"], arguments].concat()).exits(2).says(part);
    }
    env.verified();
}

#[test]
fn a_key_of_someone_else_signs_nothing() {
    let env = Environment::with_archive();
    env.run(&["-a", "b", "--key", "other", "init"]).exits(0);
    let before = files_below(&env.path("a"));
    env.run(&["-a", "a", "--key", "other", "ingest", "in"])
        .exits(2)
        .says("may not sign here as custodian; the ledger certifies letopis-custodian+")
        .says("Hint: --key DIR");
    env.run(&["-a", "a", "--key", "empty", "ingest", "in"])
        .exits(2)
        .says("the custodian key is needed");
    env.run(&["-a", "a", "--key", "other", "search", "root"])
        .exits(2)
        .says("may not sign here as journal");
    assert_eq!(files_below(&env.path("a")), before);
}

#[test]
fn archive_and_input_lie_apart() {
    let env = Environment::with_archive();
    env.run(&["-a", "a", "ingest", "a/ledger"])
        .exits(2)
        .says("must lie apart");
    env.run(&["-a", "a", "ingest", "."])
        .exits(2)
        .says("must lie apart");
    // One that is not there yet is not made inside the evidence either.
    env.run(&["-a", "in/new", "ingest", "in"])
        .exits(2)
        .says("must lie apart");
    assert!(!env.path("in/new").exists());
    env.run(&["-a", "in/deep/new", "ingest", "in"])
        .exits(2)
        .says("must lie apart");
    assert!(!env.path("in/deep").exists());
    env.verified();
}

#[test]
fn an_altered_format_version_is_never_taken_silently() {
    let env = Environment::with_archive();
    let text = fs::read_to_string(env.path("a/letopis.toml")).unwrap();
    env.write("a/letopis.toml", text.replace("format = 1", "format = 2"));
    let output = env.run(&["-a", "a", "verify"]);
    assert!(matches!(output.code, 1 | 2), "{}", output.text());
    output.says("letopis.toml");
}

#[test]
fn an_archive_of_a_later_format_is_refused_with_both_numbers() {
    let env = Environment::with_archive();
    // As an archive of version 2 would look from here: its configuration and its first ledger line both say so.
    for file in ["a/letopis.toml", "a/ledger/entries.jsonl"] {
        let text = fs::read_to_string(env.path(file)).unwrap();
        let later = text
            .replacen("format = 1", "format = 2", 1)
            .replacen("\"format\":1", "\"format\":2", 1);
        assert_ne!(later, text, "{file}");
        env.write(file, later);
    }
    for arguments in [&["verify"][..], &["ingest", "in"], &["search", "x"]] {
        let output = env.run(&[&["-a", "a"], arguments].concat()).exits(2);
        output.says("version 2").says("1");
    }
}

#[test]
fn two_writers_at_once_are_one_writer_and_one_refusal() {
    let env = Environment::with_archive();
    let keys = letopis_archive::vault::Keys::load(&env.path("keys")).unwrap();
    let backend = letopis_archive::vault::DirectoryBackend::new(&env.path("a"));
    let writer = letopis_archive::vault::VaultWriter::open(backend, keys, 1).unwrap();
    env.run(&["-a", "a", "ingest", "in"])
        .exits(3)
        .says("another process is writing")
        .says("Hint: wait");
    // Readers do not wait.
    assert_eq!(env.count("root"), 1);
    drop(writer);
    assert_eq!(env.ingest(&[])["records"], 0);
}

#[test]
fn an_archive_that_cannot_record_the_access_is_read_with_a_journal_elsewhere() {
    let env = Environment::with_archive();
    // No key at hand is as good as a read-only medium, and holds for the super-user too.
    env.run(&["-a", "a", "--key", "empty", "search", "root", "--count"])
        .exits(2);
    let ledger = env.path("a/ledger/entries.jsonl");
    let whole = fs::read(&ledger).unwrap();
    let mut damaged = whole.clone();
    let middle = damaged.len() / 2;
    damaged[middle] ^= 1;
    fs::write(&ledger, &damaged).unwrap();
    env.run(&["-a", "a", "search", "root", "--count"])
        .exits(3)
        .says("--journal DIR");
    fs::write(&ledger, &whole).unwrap();
    env.run(&["-a", "a", "search", "root", "--count", "--journal", "j"])
        .exits(0);
    assert_eq!(fs::read(&ledger).unwrap(), whole);
    assert!(fs::metadata(env.path("j/ledger/entries.jsonl")).unwrap().len() > 0);
    // When the archive can take records again, the journal comes home.
    env.run(&["-a", "a", "access"]).exits(0);
    env.run(&["-a", "a", "access", "adopt", "in"])
        .exits(2)
        .says("no access journal there");
    let adopted = env
        .run(&["-a", "a", "access", "adopt", "j", "--json"])
        .exits(0)
        .json();
    assert_eq!(
        (&adopted["readings"], &adopted["new_entries"]),
        (&1.into(), &4.into()),
        "{adopted}"
    );
    env.run(&["-a", "a", "access", "adopt", "j"])
        .exits(0)
        .says("entered already");
    let report = env.run(&["-a", "a", "access", "--json"]).exits(0).json();
    let mut rows = report["archive"].as_array().unwrap().iter();
    let row = rows
        .find(|row| row["journal"] == adopted["journal"])
        .unwrap_or_else(|| panic!("{report}"));
    assert!(
        row["command"].as_str().unwrap().contains("--journal j") && row["ended"] == "complete",
        "{row}"
    );
    env.verified();
}
