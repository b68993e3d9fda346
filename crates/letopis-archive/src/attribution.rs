//! Which source a record belongs to, and by which rule: forced, path pattern, host pattern, named host, folder.

use std::sync::Arc;

use letopis_event::{Category, EventBuf, Text};

use crate::sources::Register;

/// A source as the rows bear it.
#[derive(Clone, Debug)]
pub(crate) struct Attributed {
    /// The value of the `source` column.
    pub id: Arc<str>,
    /// Category that the register gives.
    pub category: Option<Category>,
}

/// How the records of one object find their source.
#[derive(Debug)]
pub(crate) struct Attribution<'a> {
    register: &'a Register,
    /// Forced by a flag or found by the path: the same for all records.
    fixed: Option<Attributed>,
    fixed_rule: String,
    /// The top folder, for records that name no host.
    folder: Attributed,
    /// The last host and what it led to.
    last_host: String,
    last: Option<Attributed>,
    last_rule: usize,
    /// Rules that were applied, with the number of records.
    counts: Vec<(String, u64)>,
}

impl<'a> Attribution<'a> {
    /// The rules for a file at `path` (below the input), in the order of precedence.
    pub fn new(register: &'a Register, forced: Option<&str>, path: &str, root_name: &str) -> Self {
        let attributed = |id: &str, category| Attributed {
            id: Arc::from(id),
            category,
        };
        let by_path = register.for_path(path);
        let (fixed, fixed_rule) = match (forced, &by_path) {
            (Some(id), _) => (Some(attributed(id, None)), "given for all".to_owned()),
            (None, Some(answer)) => (
                Some(attributed(answer.id, answer.category)),
                format!("path `{}`", answer.pattern),
            ),
            (None, None) => (None, String::new()),
        };
        let top = path.split_once('/').map_or(root_name, |(top, _)| top);
        let folder = attributed(if top.is_empty() { "unnamed" } else { top }, None);
        Self {
            register,
            fixed,
            fixed_rule,
            folder,
            last_host: String::new(),
            last: None,
            last_rule: 0,
            counts: Vec::new(),
        }
    }

    /// The source of one record.
    pub fn source_of(&mut self, event: &EventBuf) -> &Attributed {
        if self.fixed.is_some() {
            if self.counts.is_empty() {
                self.counts.push((std::mem::take(&mut self.fixed_rule), 0));
            }
            self.counts[0].1 += 1;
            // Checked above; the folder is never reached.
            return self.fixed.as_ref().unwrap_or(&self.folder);
        }
        match event.get(Text::Host) {
            None => {
                let rule = self.rule("top folder");
                self.counts[rule].1 += 1;
                &self.folder
            }
            Some(host) => {
                if self.last.is_none() || self.last_host != host {
                    self.look_up(host);
                }
                self.counts[self.last_rule].1 += 1;
                self.last.as_ref().unwrap_or(&self.folder)
            }
        }
    }

    fn look_up(&mut self, host: &str) {
        self.last_host.clear();
        self.last_host.push_str(host);
        let (attributed, rule) = match self.register.for_host(host) {
            Some(answer) => {
                let found = Attributed {
                    id: Arc::from(answer.id),
                    category: answer.category,
                };
                (found, format!("`{}`", answer.pattern))
            }
            None => (
                Attributed {
                    id: Arc::from(host),
                    category: None,
                },
                "host in the record".to_owned(),
            ),
        };
        self.last = Some(attributed);
        self.last_rule = self.rule(&rule);
    }

    fn rule(&mut self, rule: &str) -> usize {
        self.counts
            .iter()
            .position(|(r, _)| r == rule)
            .unwrap_or_else(|| {
                self.counts.push((rule.to_owned(), 0));
                self.counts.len() - 1
            })
    }

    /// The rules that were applied, with the number of records.
    pub fn into_counts(self) -> Vec<(String, u64)> {
        self.counts
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::Register;

    #[test]
    fn the_rules_apply_in_order_and_are_counted() {
        let csv = "pattern,id,category\nweb/**,portal,application\nhost:gw,asa,network\n";
        let register = Register::from_csv(csv.as_bytes()).unwrap();
        let mut event = EventBuf::default();
        event.set(Text::Host, "gw");
        let mut by_path = Attribution::new(&register, None, "web/access.log", "input");
        assert_eq!(&*by_path.source_of(&event).id, "portal");
        let mut by_host = Attribution::new(&register, None, "central/syslog", "input");
        assert_eq!(by_host.source_of(&event).category, Some(Category::Network));
        event.set(Text::Host, "srv2");
        assert_eq!(&*by_host.source_of(&event).id, "srv2");
        event.clear();
        assert_eq!(&*by_host.source_of(&event).id, "central");
        assert_eq!(&*by_host.source_of(&event).id, "central");
        let counts: Vec<_> = by_host.into_counts();
        assert_eq!(
            counts,
            [
                ("`host:gw`".to_owned(), 1),
                ("host in the record".to_owned(), 1),
                ("top folder".to_owned(), 2)
            ]
        );
        let mut forced = Attribution::new(&register, Some("x"), "web/access.log", "input");
        assert_eq!(&*forced.source_of(&event).id, "x");
    }
}
