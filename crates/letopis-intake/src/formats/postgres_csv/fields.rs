//! One record of comma-separated fields, in one buffer that keeps its memory.

/// The fields of a record, without their quotes.
#[derive(Debug, Default)]
pub(in crate::formats) struct Fields {
    text: String,
    ends: Vec<usize>,
}

/// A record with more fields than any version has is none of ours; the rest need not be kept.
const FIELDS_MAX: usize = 64;

impl Fields {
    /// Number of fields.
    pub(in crate::formats) fn count(&self) -> usize {
        self.ends.len()
    }

    /// A field, empty where there is none.
    pub(in crate::formats) fn get(&self, at: usize) -> &str {
        let start = if at == 0 {
            0
        } else {
            self.ends.get(at - 1).copied().unwrap_or(usize::MAX)
        };
        self.ends
            .get(at)
            .and_then(|end| self.text.get(start..*end))
            .unwrap_or_default()
    }

    /// Reads one record from the start of `text` up to a line end outside of quotes; the bytes it took, with the
    /// line end. `None` where a quote stays open.
    pub(in crate::formats) fn read_record(&mut self, text: &str) -> Option<usize> {
        self.text.clear();
        self.ends.clear();
        let bytes = text.as_bytes();
        let mut at = 0;
        loop {
            at = if bytes.get(at) == Some(&b'"') {
                self.quoted(text, at + 1)?
            } else {
                self.plain(text, at)
            };
            if self.ends.len() < FIELDS_MAX {
                self.ends.push(self.text.len());
            }
            match bytes.get(at) {
                Some(b',') => at += 1,
                Some(b'\r') if bytes.get(at + 1) == Some(&b'\n') => return Some(at + 2),
                Some(_) => return Some(at + 1),
                None => return Some(at),
            }
        }
    }

    fn plain(&mut self, text: &str, at: usize) -> usize {
        let rest = text.get(at..).unwrap_or_default();
        let length = crate::near::byte3(b',', b'\n', b'\r', rest.as_bytes()).unwrap_or(rest.len());
        self.text.push_str(rest.get(..length).unwrap_or_default());
        at + length
    }

    /// A quoted field from behind its quote; a doubled quote stands for one.
    fn quoted(&mut self, text: &str, start: usize) -> Option<usize> {
        let mut at = start;
        loop {
            let rest = text.get(at..)?;
            let quote = crate::near::byte(b'"', rest.as_bytes())?;
            self.text.push_str(rest.get(..quote)?);
            at += quote + 1;
            if text.as_bytes().get(at) != Some(&b'"') {
                // What stands between the quote and the comma belongs to no field of ours but is kept.
                return Some(self.plain(text, at));
            }
            self.text.push('"');
            at += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<(Vec<String>, usize)> {
        let mut fields = Fields::default();
        let taken = fields.read_record(text)?;
        Some((
            (0..fields.count()).map(|at| fields.get(at).to_owned()).collect(),
            taken,
        ))
    }

    #[test]
    fn quotes_hold_commas_quotes_and_line_ends() {
        let (fields, taken) = read("a,\"b,\"\"c\"\"\nd\",,e\r\nnext").unwrap();
        assert_eq!(fields, ["a", "b,\"c\"\nd", "", "e"]);
        assert_eq!(taken, 18);
        assert_eq!(read("").unwrap(), (vec![String::new()], 0));
        assert_eq!(read("\"open"), None);
        assert_eq!(read("\"x\"y,z").unwrap().0, ["xy", "z"]);
    }
}
