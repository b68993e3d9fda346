//! Seven months of a district administration (районный акимат), with one incident, and the truth about it.
//!
//! Everything is invented: people, hosts, addresses (RFC 1918 inside, RFC 5737 and RFC 3849 outside). What is
//! everyday comes from `sources/`, one file a program; `incident` and `decoys` tell the stories; `layout` says
//! how the files are named, cut and packed; `finish` makes them and counts.

mod calendar;
mod cast;
mod decoys;
mod finish;
mod incident;
mod layout;
mod pack;
mod sources;
mod stage;
pub mod truth;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io;
use std::path::Path;

use crate::clock::{SCENARIO_FROM, SCENARIO_TO};
use finish::Tally;
use stage::{Chain, SLOW_SECONDS, Stage, rfc3339};
use truth::{
    Altered, Classes, ClockChange, ClockOffset, Doubled, LookAlike, Quarter, Row, Silence, Source, Story,
    Truth,
};

/// The seed of the committed samples.
pub const COMMITTED_SEED: u64 = 20_260_101;

/// What to write.
#[derive(Clone, Copy, Debug)]
pub struct Options<'a> {
    /// Seed of everything random.
    pub seed: u64,
    /// How much daily work: 1 is the committed sample (about 20 MB of text); the incident and the decoys stay the same.
    pub scale: u32,
    /// Folder to write into; made when absent. Gets `logs/`, `redelivered/`, `truth.json` and `sources.csv`.
    pub out: &'a Path,
}

/// Writes the scenario and gives back what `truth.json` says.
///
/// # Errors
/// Where a file cannot be written.
pub fn write(options: &Options<'_>) -> io::Result<Truth> {
    let stage = tell(options.seed, options.scale, false);
    let tally = finish::write(stage, Some(&options.out.join("logs")))?;
    let (altered, changed) = redelivered(&tally)?;
    let truth = truth(options.seed, options.scale, tally, altered);
    let now = SCENARIO_TO;
    finish::write_file(&options.out.join(&truth.altered.again), changed.as_bytes(), now)?;
    finish::write_file(
        &options.out.join("sources.csv"),
        sources_csv(&truth.sources).as_bytes(),
        now,
    )?;
    finish::write_file(&options.out.join("truth.json"), truth.to_json()?.as_bytes(), now)?;
    Ok(truth)
}

/// What [`write`] would say of a seed and a scale, without packing and writing anything.
///
/// # Errors
/// None that a disk could cause; only where the story itself does not hold.
pub fn foretell(seed: u64, scale: u32) -> io::Result<Truth> {
    let tally = finish::write(tell(seed, scale, false), None)?;
    let (altered, _) = redelivered(&tally)?;
    Ok(truth(seed, scale, tally, altered))
}

/// Writes the same seven months in which nothing goes wrong: no incident, no silence, all clocks right, nothing delivered
/// twice. What finds something here finds too much.
///
/// # Errors
/// Where a file cannot be written.
pub fn write_control(options: &Options<'_>) -> io::Result<Vec<Source>> {
    let stage = tell(options.seed, options.scale, true);
    let tally = finish::write(stage, Some(&options.out.join("logs")))?;
    let sources = sources_csv(&tally.sources);
    finish::write_file(&options.out.join("sources.csv"), sources.as_bytes(), SCENARIO_TO)?;
    Ok(tally.sources)
}

/// Everything that happens, in all logs.
fn tell(seed: u64, scale: u32, is_control: bool) -> Stage {
    let mut stage = Stage::new(seed, scale, is_control);
    let days = calendar::days();
    sources::linux_days::write(&mut stage, &days);
    sources::audit::write(&mut stage, &days);
    sources::mail::write(&mut stage, &days);
    sources::windows::write(&mut stage, &days);
    sources::winlogbeat::write(&mut stage, &days);
    sources::postgres::write(&mut stage, &days);
    sources::asa::write(&mut stage, &days);
    sources::vpn::write(&mut stage, &days);
    sources::nginx::write(&mut stage, &days);
    sources::edoc::write(&mut stage, &days);
    sources::buh::write(&mut stage, &days);
    sources::antivirus::write(&mut stage, &days);
    decoys::write(&mut stage, &days);
    if !is_control {
        incident::write(&mut stage);
    }
    stage
}

/// The second delivery and its bytes: the same file with one line altered, so that the stranger's address is gone.
fn redelivered(tally: &Tally) -> io::Result<(Altered, String)> {
    let Some((file, bytes)) = &tally.redelivered else {
        return Err(io::Error::other("no file to deliver twice"));
    };
    let text = String::from_utf8_lossy(bytes);
    let needle = format!(";{};{};", cast::ADMIN.login, cast::ATTACKER_TUNNEL);
    let Some((index, before)) = text
        .lines()
        .enumerate()
        .filter(|(_, l)| l.contains(&needle))
        .nth(2)
    else {
        return Err(io::Error::other("no line to alter"));
    };
    let after = before.replacen(
        &needle,
        &format!(";{};{};", cast::STAFF[3].login, cast::STAFF[3].address),
        1,
    );
    let changed = text.replacen(before, &after, 1);
    let again = file.path.replacen("logs/", "redelivered/", 1);
    let altered = Altered {
        path: file.path.clone(),
        again,
        line: index as u64 + 1,
        before: before.to_owned(),
        after,
        sha256: finish::sha256(changed.as_bytes()),
    };
    Ok((altered, changed))
}

fn words(list: &[&str]) -> Vec<String> {
    list.iter().map(|w| (*w).to_owned()).collect()
}

fn classes() -> Classes {
    Classes {
        failed_logon: words(&[
            "asa.login_denied",
            "audit.user_auth_failed",
            "buh.logon_failed",
            "edoc.logon_failed",
            "mail.auth_failed",
            "pg.auth_failed",
            "sshd.failed_password",
            "vpn.auth_failed",
            "win.4625",
            "win.4771",
        ]),
        logon: words(&[
            "asa.login_permitted",
            "audit.user_login",
            "buh.logon",
            "edoc.logon",
            "mail.logon",
            "pg.connection_authorized",
            "sshd.accepted_password",
            "sshd.accepted_publickey",
            "vpn.connected",
            "win.4624",
        ]),
        privilege: words(&["asa.privilege", "su", "sudo.command", "win.4672"]),
        logging: words(&["av.protection_off", "win.1102"]),
        media: words(&[
            "av.device_allowed",
            "av.device_blocked",
            "usb.connect",
            "usb.disconnect",
            "win.6416",
        ]),
    }
}

fn story(name: &str, what: &str, rows: Vec<(i64, Row)>) -> Story {
    let mut rows = rows;
    rows.sort_by(|a, b| {
        (a.0, &a.1.path, &a.1.members, a.1.line).cmp(&(b.0, &b.1.path, &b.1.members, b.1.line))
    });
    let edge = |row: Option<&(i64, Row)>| row.map_or(String::new(), |r| rfc3339(r.0));
    Story {
        name: name.to_owned(),
        what: what.to_owned(),
        from: edge(rows.first()),
        to: edge(rows.last()),
        rows: rows.into_iter().map(|(_, row)| row).collect(),
    }
}

fn quarters(tally: &Tally, classes: &Classes) -> BTreeMap<String, Quarter> {
    let mut out: BTreeMap<String, Quarter> = BTreeMap::new();
    for source in &tally.sources {
        for (month, counts) in tally.counts.get(&source.id).into_iter().flatten() {
            let name = match &month[5..] {
                "10" | "11" | "12" => format!("{}Q4", &month[..4]),
                "07" | "08" | "09" => format!("{}Q3", &month[..4]),
                "01" | "02" | "03" => format!("{}Q1", &month[..4]),
                _ => format!("{}Q2", &month[..4]),
            };
            let quarter = out.entry(name).or_default();
            for (class, count) in counts {
                quarter.records += count;
                *quarter.by_category.entry(source.category.clone()).or_default() += count;
                *quarter.by_source.entry(source.id.clone()).or_default() += count;
                for (list, total) in [
                    (&classes.failed_logon, &mut quarter.failed_logons),
                    (&classes.logon, &mut quarter.logons),
                    (&classes.privilege, &mut quarter.privilege),
                    (&classes.logging, &mut quarter.logging),
                    (&classes.media, &mut quarter.media),
                ] {
                    *total += if list.contains(class) { *count } else { 0 };
                }
            }
        }
    }
    out
}

fn clock_changes(tally: &Tally) -> Vec<ClockChange> {
    let change = |at: &str, hour: &str, exists: &str| ClockChange {
        source: "vpn-lj".to_owned(),
        at: at.to_owned(),
        local_hour: hour.to_owned(),
        exists: exists.to_owned(),
        records: tally.vpn_hours.get(hour).copied().unwrap_or(0),
    };
    vec![
        change("2025-10-26T01:00:00Z", "2025-10-26 02", "twice"),
        change("2026-03-29T01:00:00Z", "2026-03-29 02", "never"),
    ]
}

fn truth(seed: u64, scale: u32, mut tally: Tally, altered: Altered) -> Truth {
    let classes = classes();
    let mut rows = std::mem::take(&mut tally.rows);
    let mut take = |chain| rows.remove(&chain).unwrap_or_default();
    let incident = story("new-year", incident::STORY, take(Chain::Incident));
    let decoys = decoys::STORIES
        .iter()
        .map(|(chain, name, what)| story(name, what, take(*chain)))
        .collect();
    let edge = |at: Option<i64>| at.map_or(String::new(), rfc3339);
    Truth {
        seed,
        scale,
        zone: "Asia/Almaty".to_owned(),
        from: rfc3339(SCENARIO_FROM),
        to: rfc3339(SCENARIO_TO),
        records: tally.records,
        incident,
        decoys,
        silence: Silence {
            source: "mail-os".to_owned(),
            from: rfc3339(finish::SILENCE.0),
            to: rfc3339(finish::SILENCE.1),
            last_before: edge(tally.silence.0),
            first_after: edge(tally.silence.1),
        },
        clock: ClockOffset {
            source: "asa-fw1".to_owned(),
            offset_seconds: -SLOW_SECONDS,
        },
        altered,
        look_alike: LookAlike {
            written: cast::LOOK_ALIKE.to_owned(),
            looks_like: "admin".to_owned(),
            records: tally.look_alike,
        },
        doubled: Doubled {
            copy: "syslog-central".to_owned(),
            both: std::mem::take(&mut tally.both),
            copy_only: std::mem::take(&mut tally.copy_only),
        },
        clock_changes: clock_changes(&tally),
        quarters: quarters(&tally, &classes),
        classes,
        counts: std::mem::take(&mut tally.counts),
        sources: std::mem::take(&mut tally.sources),
    }
}

/// `sources.csv` as `letopis ingest --sources` takes it.
fn sources_csv(sources: &[Source]) -> String {
    let mut out = String::from("pattern,id,name,category,owner,zone,rhythm\n");
    for source in sources {
        let name = if source.name.contains(',') {
            format!("\"{}\"", source.name)
        } else {
            source.name.clone()
        };
        let _ = writeln!(
            out,
            "{},{},{name},{},{},{},{}",
            source.pattern, source.id, source.category, source.owner, source.zone, source.rhythm
        );
    }
    out
}
