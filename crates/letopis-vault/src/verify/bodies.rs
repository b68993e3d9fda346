//! Objects with their trees, and segments: every byte, by as many threads as the machine has.
//!
//! What one thread checks in one go is a *body*: an object with its trees, or a segment. A check that was interrupted
//! goes on with the bodies that are left.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use letopis_seal::ObjectSecret;
use serde::{Deserialize, Serialize};

use super::{Check, Progress, VerifyOptions};
use crate::backend::Backend;
use crate::digest::Blake3;
use crate::finding::{Checked, Finding};
use crate::layout::File;
use crate::object::ObjectInfo;
use crate::segment::SegmentInfo;

mod leaves;
mod object;
mod segment;

const REPAIR_OBJECT: &str = "letopis repair --from COPY, a second copy of this archive";
const REPAIR_SEGMENT: &str = "run `letopis rebuild`";

/// An object with its trees, or a segment, that was checked from the first to the last byte.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckedBody {
    /// Path of the object, or of the segment's Parquet file, inside the archive.
    pub place: String,
    /// BLAKE3 of what the ledger says of it, hex: a body that got a further tree is another one.
    pub sealed: String,
    /// What is wrong with it.
    pub findings: Vec<Finding>,
    /// What was looked at.
    pub checked: Checked,
    /// Records of its trees, as the ledger says.
    pub(crate) records: u64,
}

impl CheckedBody {
    /// Whether the leaf of every record was made again.
    pub(crate) fn is_rehashed(&self) -> bool {
        self.checked.records == self.records
    }
}

/// One thing to check.
enum Body<'a> {
    Object(&'a ObjectInfo, Vec<Option<ObjectSecret>>),
    Segment(&'a SegmentInfo),
}

impl Body<'_> {
    fn bytes(&self) -> u64 {
        match self {
            Self::Object(object, _) => object.length,
            Self::Segment(segment) => segment.parquet_bytes + segment.index_bytes.unwrap_or(0),
        }
    }

    /// What it costs, in bytes of an object: of a segment, only one digest is made.
    fn work(&self) -> u64 {
        match self {
            Self::Object(object, _) => object.length,
            Self::Segment(_) => self.bytes() / 16,
        }
    }

    fn place(&self) -> File {
        match self {
            Self::Object(object, _) => File::Object(object.blake3),
            Self::Segment(segment) => File::Parquet(segment.short),
        }
    }

    fn files(&self) -> Vec<File> {
        match self {
            Self::Object(object, _) => {
                let trees = object.trees.iter();
                let trees = trees.map(|tree| File::Tree(object.blake3, tree.number));
                std::iter::once(File::Object(object.blake3))
                    .chain(trees)
                    .collect()
            }
            Self::Segment(segment) => vec![File::Parquet(segment.short), File::Index(segment.short)],
        }
    }

    /// Records of its trees, as the ledger says.
    fn records(&self) -> u64 {
        match self {
            Self::Object(object, _) => object.trees.iter().map(|tree| tree.records).sum(),
            Self::Segment(_) => 0,
        }
    }

    /// What the ledger says of it, in one digest.
    fn sealed(&self) -> String {
        let text = match self {
            Self::Object(object, _) => {
                let trees = object.trees.iter();
                let trees: Vec<_> = trees
                    .map(|tree| format!("{} {} {}", tree.number, tree.records, tree.root))
                    .collect();
                format!("{} {} {}", object.sha256, object.length, trees.join(" "))
            }
            Self::Segment(segment) => {
                let index = segment.index.as_ref().map_or("", |index| index.blake3.as_str());
                format!("{} {index}", segment.parquet.blake3)
            }
        };
        Blake3::of(text.as_bytes()).to_string()
    }
}

/// What the threads share.
struct Shared<'a> {
    backend: &'a dyn Backend,
    progress: &'a dyn Progress,
    total: u64,
    threads: u64,
    done: AtomicU64,
    next: AtomicUsize,
    outcome: Mutex<Vec<CheckedBody>>,
}

impl Shared<'_> {
    fn advance(&self, bytes: u64) {
        let done = self.done.fetch_add(bytes, Ordering::Relaxed) + bytes;
        self.progress.bytes(done, self.total);
    }
}

impl Check {
    /// Checks all bodies, or those that have a file in `scope`.
    pub(super) fn bodies(
        &mut self,
        options: &VerifyOptions,
        scope: Option<&BTreeSet<File>>,
        progress: &dyn Progress,
    ) {
        let mut bodies = Vec::new();
        for object in self.objects.all() {
            let secrets = object.trees.iter().map(|tree| self.secret_of(tree.seq)).collect();
            bodies.push(Body::Object(object, secrets));
        }
        bodies.extend(self.segments.iter().map(Body::Segment));
        if let Some(scope) = scope {
            bodies.retain(|body| body.files().iter().any(|file| scope.contains(file)));
        }
        let (bodies, before) = split(bodies, &options.done);
        let threads = match options.threads {
            0 => std::thread::available_parallelism().map_or(1, |threads| threads.get()),
            threads => threads,
        };
        let all =
            bodies.iter().map(Body::bytes).sum::<u64>() + before.iter().map(|b| b.checked.bytes).sum::<u64>();
        let shared = Shared {
            backend: self.backend.as_ref(),
            progress,
            total: all,
            threads: threads as u64,
            done: AtomicU64::new(before.iter().map(|body| body.checked.bytes).sum()),
            next: AtomicUsize::new(0),
            outcome: Mutex::default(),
        };
        std::thread::scope(|scope| {
            for _ in 0..threads.min(bodies.len()) {
                scope.spawn(|| {
                    while let Some(body) = bodies.get(shared.next.fetch_add(1, Ordering::Relaxed)) {
                        run(&shared, body);
                    }
                });
            }
        });
        let fresh = shared.outcome.into_inner();
        let fresh = fresh.unwrap_or_else(PoisonError::into_inner);
        self.resumed = before.len() as u64;
        for body in before.into_iter().chain(fresh) {
            self.report.checked.add(&body.checked);
            self.report.findings.extend(body.findings.iter().cloned());
            self.bodies.push(body);
        }
    }
}

/// Takes out what an earlier run checked and found whole. What costs most comes first, so that no thread is left alone
/// with it at the end.
fn split<'a>(bodies: Vec<Body<'a>>, done: &[CheckedBody]) -> (Vec<Body<'a>>, Vec<CheckedBody>) {
    let whole = done.iter().filter(|body| body.findings.is_empty());
    let whole: std::collections::BTreeMap<&str, &CheckedBody> =
        whole.map(|body| (body.place.as_str(), body)).collect();
    let (mut left, mut before) = (Vec::new(), Vec::new());
    for body in bodies {
        let earlier = whole.get(body.place().path().as_str());
        match earlier.filter(|earlier| earlier.sealed == body.sealed()) {
            Some(earlier) => before.push((*earlier).clone()),
            None => left.push(body),
        }
    }
    left.sort_by_key(|body| std::cmp::Reverse(body.work()));
    (left, before)
}

fn run(shared: &Shared<'_>, body: &Body<'_>) {
    let (findings, checked) = match body {
        Body::Object(object, secrets) => {
            // More than its share of the work: its digests and its leaves go to two threads.
            let large = shared.threads > 1 && object.length.saturating_mul(shared.threads) > shared.total;
            object::check_object(shared, object, secrets, large)
        }
        Body::Segment(segment) => segment::check_segment(shared, segment),
    };
    let body = CheckedBody {
        place: body.place().path(),
        sealed: body.sealed(),
        findings,
        checked,
        records: body.records(),
    };
    shared.progress.body(&body);
    let mut outcome = shared.outcome.lock().unwrap_or_else(PoisonError::into_inner);
    outcome.push(body);
}
