//! The table of attacks in `crates/letopis-seal/README.md`: each row here, with what `verify` says.

use std::collections::BTreeMap;

use letopis_seal::{
    Checkpoint as Statement, Entry as Line, SignedCheckpoint, SigningKey, TreeBuilder, leaf_hash,
};

use super::*;

type Disk = Arc<MemoryBackend>;

/// What an attacker has before him: the archive, an earlier state of it, another archive, and all keys.
struct Scene {
    disk: Disk,
    /// The same archive before its second intake.
    early: BTreeMap<String, Vec<u8>>,
    /// The checkpoint of the state in `disk`, as someone else holds it.
    anchor: String,
    keys: Keys,
}

impl Scene {
    fn new() -> Self {
        let (disk, keys) = archive();
        let early = disk.files();
        let mut scene = Self {
            disk,
            early,
            anchor: String::new(),
            keys,
        };
        scene.go_on("a later text\nof two records\n", NOW + 100);
        scene.anchor.clone_from(&open(&scene.disk).checkpoint().text);
        scene
    }

    /// A later intake, and someone who reads.
    fn go_on(&self, text: &str, at: Micros) {
        let writer = write(&self.disk, &self.keys).unwrap();
        let mut object = writer.object_writer().unwrap();
        object.write_all(text.as_bytes()).unwrap();
        let object = object.finish().unwrap();
        let mut tree = writer.tree_writer(&object).unwrap();
        tree.record(0, text.as_bytes()).unwrap();
        let mut segment = writer.segment_writer().unwrap();
        for part in [SegmentPart::Parquet, SegmentPart::Index] {
            segment.part(part).unwrap().write_all(text.as_bytes()).unwrap();
        }
        let fields = Map::from_iter([("files".to_owned(), json!(1))]);
        let entries = vec![
            NewEntry::object(object, Some(tree.finish().unwrap()), None),
            NewEntry::segment(segment.finish(1).unwrap(), None),
            NewEntry::new(EntryKind::Ingest, fields, Some(json!({ "operator": "Иванова" }))),
        ];
        writer.commit(entries, at).unwrap();
        let intent = AccessIntent {
            basis: Basis::OsAccount,
            detail: json!({ "query": "SELECT 2" }),
        };
        let token = writer.vault().begin_access(&intent, &self.keys, at + 1).unwrap();
        let result = AccessResult {
            rows: 1,
            rows_sha256: None,
            ended: "complete".to_owned(),
        };
        writer
            .vault()
            .finish_access(token, &result, &self.keys, at + 2)
            .unwrap();
    }

    fn custodian(&self) -> &SigningKey {
        self.keys.of_role(KeyRole::Custodian).unwrap()
    }

    fn path(&self, begin: &str, end: &str) -> String {
        let files = self.disk.files();
        let mut paths = files
            .into_keys()
            .filter(|path| path.starts_with(begin) && path.ends_with(end));
        paths.next().unwrap_or_else(|| panic!("{begin}…{end}"))
    }

    /// The file of the documents or of the secrets of one commit.
    fn batch(&self, folder: &str, commit: usize) -> String {
        let batch = open(&self.disk).ledger().commits()[commit].batch.unwrap();
        self.path(&format!("{folder}{batch}"), "")
    }

    fn bytes(&self, path: &str) -> Vec<u8> {
        self.disk.files()[path].clone()
    }

    fn edit(&self, path: &str, edit: impl FnOnce(&mut Vec<u8>)) {
        let mut bytes = self.bytes(path);
        edit(&mut bytes);
        self.disk.overwrite(path, bytes);
    }

    fn lines(&self) -> Vec<Line> {
        let text = self.bytes(ENTRIES);
        let lines = text.strip_suffix(b"\n").unwrap().split(|byte| *byte == b'\n');
        lines.map(|line| Line::parse(line).unwrap()).collect()
    }

    /// Writes lines with a fresh chain; with `resigned`, each commit's head is signed again too, and so is `head`.
    fn rewrite(&self, mut lines: Vec<Line>, resigned: Option<&SigningKey>) {
        let (mut text, mut tree, mut prev) = (Vec::new(), TreeBuilder::new(), Sha256::ZERO);
        let origin = open(&self.disk).config().origin();
        let sign = |tree: &TreeBuilder, key: &SigningKey| -> SignedCheckpoint {
            let statement = Statement::new(&origin, tree.size(), tree.root()).unwrap();
            statement.sign(&[key]).unwrap()
        };
        for (place, line) in lines.iter_mut().enumerate() {
            (line.seq, line.prev) = (place as u64, prev);
            if let (Some(key), true) = (resigned, line.fields.contains_key("head")) {
                let head = sign(&tree, key);
                let signature = head.note().signatures()[0].to_string();
                line.fields.insert("head".to_owned(), signature.into());
            }
            let written = line.to_line().unwrap();
            prev = leaf_hash(written.as_bytes());
            tree.append(prev);
            text.extend_from_slice(written.as_bytes());
            text.push(b'\n');
        }
        self.disk.overwrite(ENTRIES, text);
        if let Some(key) = resigned {
            self.disk.overwrite(HEAD, sign(&tree, key).to_text().into_bytes());
        }
    }

    /// Puts back an earlier state, file by file.
    fn roll_back(&self) {
        for path in self.disk.files().into_keys() {
            self.disk.take(&path);
        }
        for (path, bytes) in &self.early {
            self.disk.overwrite(path, bytes.clone());
        }
    }

    /// Kinds of findings, and of those notices that tell of an attack.
    fn verified(&self, anchored: bool) -> Vec<String> {
        let anchor = Anchor::new("minutes.txt", self.anchor.clone());
        let options = VerifyOptions {
            anchors: if anchored { vec![anchor] } else { Vec::new() },
            threads: 1,
            ..VerifyOptions::default()
        };
        let report = verify(&(Arc::clone(&self.disk) as Arc<dyn Backend>), &options, &()).unwrap();
        let mut said: Vec<String> = report
            .findings
            .iter()
            .map(|found| found.kind.as_str().to_owned())
            .collect();
        let telling = ["clock", "unexpected-file", "permissions", "dangling-intent"];
        let notices = report
            .notices
            .iter()
            .filter(|notice| telling.contains(&notice.kind));
        said.extend(notices.map(|notice| format!("notice {}", notice.kind)));
        said.sort();
        said.dedup();
        said
    }
}

const ENTRIES: &str = "ledger/entries.jsonl";
const HEAD: &str = "ledger/head";

struct Attack {
    /// As the table says it.
    name: &'static str,
    act: fn(&Scene),
    /// What `verify` says without an anchor, and with the one that was taken before the attack.
    says: &'static [&'static str],
    anchored: &'static [&'static str],
}

const fn attack(name: &'static str, says: &'static [&'static str], act: fn(&Scene)) -> Attack {
    Attack {
        name,
        act,
        says,
        anchored: says,
    }
}

const fn anchored(mut attack: Attack, says: &'static [&'static str]) -> Attack {
    attack.anchored = says;
    attack
}

/// On objects, trees, documents and secrets.
const BODIES: &[Attack] = &[
    attack("a byte of an object edited", &["object-damaged"], |scene| {
        scene.edit(&scene.path("objects/", ".zst"), |bytes| bytes[20] ^= 4);
    }),
    attack(
        "an object replaced by another in whole frames",
        &["object-damaged"],
        |scene| {
            let paths: Vec<String> = scene
                .disk
                .files()
                .into_keys()
                .filter(|path| path.starts_with("objects/") && path.ends_with(".zst"))
                .collect();
            scene.disk.overwrite(&paths[0], scene.bytes(&paths[1]));
        },
    ),
    attack("an object cut short", &["object-damaged"], |scene| {
        scene.edit(&scene.path("objects/", ".zst"), |bytes| bytes.truncate(60));
    }),
    attack("an object dropped", &["object-missing"], |scene| {
        scene.disk.take(&scene.path("objects/", ".zst"));
    }),
    attack("a record tree edited", &["tree-damaged"], |scene| {
        scene.edit(&scene.path("objects/", ".tree"), |bytes| bytes[40] ^= 1);
    }),
    attack("a record tree dropped", &["tree-missing"], |scene| {
        scene.disk.take(&scene.path("objects/", ".tree"));
    }),
    attack("a Parquet file edited", &["segment-damaged"], |scene| {
        scene.edit(&scene.path("segments/", ".parquet"), |bytes| bytes[9] ^= 1);
    }),
    attack("an index edited", &["segment-damaged"], |scene| {
        scene.edit(&scene.path("segments/", ".index"), |bytes| bytes[2] ^= 1);
    }),
    attack("a segment dropped", &["segment-missing"], |scene| {
        scene.disk.take(&scene.path("segments/", ".parquet"));
        scene.disk.take(&scene.path("segments/", ".index"));
    }),
    attack("two segments swapped", &["segment-damaged"], |scene| {
        let files = scene.disk.files();
        let paths: Vec<&String> = files.keys().filter(|path| path.ends_with(".index")).collect();
        scene.disk.overwrite(paths[0], files[paths[1]].clone());
        scene.disk.overwrite(paths[1], files[paths[0]].clone());
    }),
    attack("a detail document edited", &["detail"], |scene| {
        scene.edit(&scene.batch("details/", 0), |bytes| bytes[30] ^= 1);
    }),
    attack(
        "secrets replaced behind a fitting checksum",
        &["detail", "secret"],
        |scene| {
            let path = scene.batch("secrets/", 1);
            let text = String::from_utf8(scene.bytes(&path)).unwrap();
            let body = text.lines().take_while(|line| !line.starts_with("blake3"));
            let body: String = body
                .map(|line| {
                    if line.starts_with("letopis") {
                        format!("{line}\n")
                    } else {
                        format!("{}{}\n", &line[..line.len() - 64], "1".repeat(64))
                    }
                })
                .collect();
            let sum = Blake3::of(body.as_bytes());
            scene
                .disk
                .overwrite(&path, format!("{body}blake3 {sum}\n").into_bytes());
        },
    ),
    attack("a file smuggled in", &["notice unexpected-file"], |scene| {
        scene
            .disk
            .overwrite(&format!("objects/ab/ab{}.zst", "0".repeat(62)), b"x".to_vec());
    }),
    attack("the configuration edited", &["config"], |scene| {
        scene.edit("letopis.toml", |bytes| {
            bytes.extend_from_slice(b"# kept for ever\n")
        });
    }),
    attack("the catalogue edited", &["catalogue"], |scene| {
        scene.edit("segments/catalogue", |bytes| bytes[0] ^= 1);
    }),
];

/// On the ledger, by someone without a key.
const LEDGER: &[Attack] = &[
    attack(
        "a ledger line edited",
        &["ledger-line", "ledger-root", "signature"],
        |scene| {
            scene.edit(ENTRIES, |bytes| {
                let at = bytes
                    .windows(9)
                    .position(|part| part == b"\"rows\":2,")
                    .or_else(|| bytes.windows(8).position(|part| part == b"\"files\":"))
                    .unwrap();
                bytes[at + 8] = b'7';
            });
        },
    ),
    attack(
        "a line edited and the chain made again",
        &["ledger-root", "signature"],
        |scene| {
            let mut lines = scene.lines();
            lines[5].fields.insert("rows".to_owned(), 1u64.into());
            scene.rewrite(lines, None);
        },
    ),
    attack(
        "the end of the ledger cut off",
        &["ledger-root", "notice dangling-intent"],
        |scene| {
            scene.edit(ENTRIES, |bytes| bytes.truncate(bytes.len() - 300));
        },
    ),
    attack(
        "a line taken out of the middle",
        &[
            "detail",
            "ledger-line",
            "ledger-root",
            "notice dangling-intent",
            "notice unexpected-file",
            "secret",
            "signature",
        ],
        |scene| {
            let text = scene.bytes(ENTRIES);
            let lines: Vec<&[u8]> = text.split_inclusive(|byte| *byte == b'\n').collect();
            scene
                .disk
                .overwrite(ENTRIES, [&lines[..5], &lines[6..]].concat().concat());
        },
    ),
    attack(
        "two lines in another order",
        &["ledger-line", "ledger-root", "signature"],
        |scene| {
            let text = scene.bytes(ENTRIES);
            let mut lines: Vec<&[u8]> = text.split_inclusive(|byte| *byte == b'\n').collect();
            lines.swap(4, 5);
            scene.disk.overwrite(ENTRIES, lines.concat());
        },
    ),
    attack(
        "an access entry edited",
        &["ledger-line", "ledger-root", "signature"],
        |scene| {
            scene.edit(ENTRIES, |bytes| {
                let at = bytes.windows(10).position(|part| part == b"os-account").unwrap();
                bytes[at..at + 6].copy_from_slice(b"signed");
            });
        },
    ),
    attack(
        "an access taken out and the chain made again",
        &[
            "ledger-root",
            "notice dangling-intent",
            "notice unexpected-file",
            "signature",
        ],
        |scene| {
            let mut lines = scene.lines();
            let at = lines
                .iter()
                .position(|line| line.kind == EntryKind::AccessIntent)
                .unwrap();
            // The first line of a commit names its documents; whoever takes it out leaves them behind.
            lines[at + 1].detail = None;
            lines.remove(at);
            scene.rewrite(lines, None);
        },
    ),
    anchored(
        attack("the signature stripped from the head", &["head"], |scene| {
            scene.edit(HEAD, |bytes| {
                let at = bytes.windows(2).position(|part| part == b"\n\n").unwrap();
                bytes.truncate(at + 2);
            });
        }),
        &["anchor-invalid", "head"],
    ),
    attack("a public key file exchanged", &["key"], |scene| {
        let stranger = Keys::generate().unwrap();
        let key = stranger
            .of_role(KeyRole::Custodian)
            .unwrap()
            .verifying_key()
            .clone();
        scene.disk.overwrite(
            &scene.path("ledger/keys/", ".pub"),
            format!("{key}\n").into_bytes(),
        );
    }),
    anchored(
        attack(
            "all signed again by a stranger's key",
            &["head", "signature"],
            |scene| {
                let stranger = Keys::generate().unwrap();
                scene.rewrite(scene.lines(), Some(stranger.of_role(KeyRole::Custodian).unwrap()));
            },
        ),
        &["anchor-invalid", "head", "signature"],
    ),
    anchored(
        attack("the head of another archive", &["head"], |scene| {
            let (other, _) = archive();
            scene.disk.overwrite(HEAD, other.files()[HEAD].clone());
        }),
        &["anchor-invalid", "head"],
    ),
    attack("what a crash left edited", &["torn"], |scene| {
        let digest = letopis_seal::sha256(b"a torn line");
        scene
            .disk
            .overwrite(&format!("ledger/torn/9-{digest}"), b"another line".to_vec());
    }),
    anchored(
        attack("rolled back to an earlier state", &[], |scene| scene.roll_back()),
        &["anchor-rollback"],
    ),
    anchored(
        attack(
            "the newest accesses cut off, with the head before them",
            &[],
            |scene| {
                cut_commits(scene, 2);
            },
        ),
        &["anchor-rollback"],
    ),
    attack("moved to another place", &[], |scene| {
        let elsewhere = scene.disk.copy();
        assert!(check(&elsewhere).is_ok());
    }),
];

/// By someone who holds keys.
const WITH_KEYS: &[Attack] = &[
    anchored(
        attack(
            "a line rewritten and the newest head signed by the custodian",
            &["signature"],
            |scene| {
                let mut lines = scene.lines();
                let files = lines
                    .iter()
                    .position(|line| line.kind == EntryKind::Ingest)
                    .unwrap();
                lines[files].fields.insert("files".to_owned(), 9u64.into());
                scene.rewrite(lines.clone(), None);
                let mut tree = TreeBuilder::new();
                for line in scene.lines() {
                    tree.append(leaf_hash(line.to_line().unwrap().as_bytes()));
                }
                let statement = Statement::new(&open_origin(scene), tree.size(), tree.root()).unwrap();
                let head = statement.sign(&[scene.custodian()]).unwrap();
                scene.disk.overwrite(HEAD, head.to_text().into_bytes());
            },
        ),
        &["anchor-fork", "signature"],
    ),
    anchored(
        attack(
            "a line rewritten and every head signed again by the custodian",
            &[],
            |scene| {
                let mut lines = scene.lines();
                let files = lines
                    .iter()
                    .position(|line| line.kind == EntryKind::Ingest)
                    .unwrap();
                lines[files].fields.insert("files".to_owned(), 9u64.into());
                scene.rewrite(lines, Some(scene.custodian()));
            },
        ),
        &["anchor-fork"],
    ),
    anchored(
        attack("another history from an earlier state", &[], |scene| {
            scene.roll_back();
            for (text, at) in [("another future\n", 100), ("and a longer one\n", 200)] {
                scene.go_on(text, NOW + at);
            }
        }),
        &["anchor-fork"],
    ),
    anchored(
        attack("the archive made anew under its old name", &[], |scene| {
            let files = scene.disk.files().into_keys();
            files.for_each(|path| scene.disk.take(&path));
            run(&(Arc::clone(&scene.disk) as Arc<dyn Backend>), &scene.keys, TEXTS).unwrap();
        }),
        &["anchor-foreign"],
    ),
    attack("the journal key signs an intake", &["authority"], |scene| {
        let vault = open(&scene.disk);
        let mut ledger = (**vault.ledger()).clone();
        let journal = scene.keys.of_role(KeyRole::Journal).unwrap();
        let plan = |_| Ok(vec![crate::record::Plain::new(EntryKind::Ingest, None)]);
        let place = Arc::clone(&scene.disk) as Arc<dyn Backend>;
        let compressors = crate::framed::Compressors::new();
        crate::record::record(
            &place,
            &compressors,
            &mut ledger,
            NOW + 200,
            |_| Ok(journal),
            plan,
        )
        .unwrap();
    }),
    attack("the clock set back", &["notice clock"], |scene| {
        let writer = write(&scene.disk, &scene.keys).unwrap();
        let entry = NewEntry::new(EntryKind::Note, Map::new(), None);
        writer.commit(vec![entry], NOW - 86_400_000_000).unwrap();
    }),
    attack("an access never ended", &["notice dangling-intent"], |scene| {
        let intent = AccessIntent {
            basis: Basis::OsAccount,
            detail: json!({}),
        };
        let _token = open(&scene.disk)
            .begin_access(&intent, &scene.keys, NOW + 200)
            .unwrap();
    }),
];

fn open_origin(scene: &Scene) -> String {
    open(&scene.disk).config().origin()
}

/// Takes the newest commits out of the ledger, with their documents, and puts back the head that was signed before
/// them, which the ledger itself keeps: no key is needed for it.
fn cut_commits(scene: &Scene, commits: usize) {
    let vault = open(&scene.disk);
    let starts = vault.ledger().commits();
    let cut = &starts[starts.len() - commits..];
    let head = vault.ledger().head_at(cut[0].first).unwrap();
    for batch in cut.iter().filter_map(|commit| commit.batch) {
        scene.disk.take(&format!("details/{batch}.zst"));
        scene.disk.take(&format!("secrets/{batch}"));
    }
    let end = vault.ledger().end_of(cut[0].first).unwrap();
    scene.edit(ENTRIES, |bytes| bytes.truncate(end));
    scene.disk.overwrite(HEAD, head.to_text().into_bytes());
}

fn all() -> impl Iterator<Item = &'static Attack> {
    BODIES.iter().chain(LEDGER).chain(WITH_KEYS)
}

#[test]
fn every_attack_is_told_as_the_table_says() {
    let mut wrong = Vec::new();
    for attack in all() {
        for (with_anchor, says) in [(false, attack.says), (true, attack.anchored)] {
            let scene = Scene::new();
            assert!(scene.verified(true).is_empty(), "{:?}", scene.verified(true));
            (attack.act)(&scene);
            let said = scene.verified(with_anchor);
            if said != says {
                wrong.push(format!("{}, anchored {with_anchor}: {said:?}", attack.name));
            }
        }
    }
    assert!(wrong.is_empty(), "not as the table says:\n{}", wrong.join("\n"));
}

#[test]
fn the_table_in_the_readme_has_every_attack() {
    let table = include_str!("../../../letopis-seal/README.md");
    let row = |attack: &Attack| {
        let said = |says: &[&str]| match says {
            [] => "nothing".to_owned(),
            says => says
                .iter()
                .map(|say| format!("`{say}`"))
                .collect::<Vec<_>>()
                .join(", "),
        };
        format!(
            "| {} | {} | {} |",
            attack.name,
            said(attack.says),
            said(attack.anchored)
        )
    };
    let missing: Vec<String> = all()
        .map(row)
        .filter(|row| !table.contains(row.as_str()))
        .collect();
    assert!(
        missing.is_empty(),
        "rows that the table lacks:\n{}",
        missing.join("\n")
    );
}
