//! The fields of an event's `System` element, in one buffer that keeps its memory.

/// One field of `System`, or of `RenderingInfo`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Field {
    Provider,
    ProviderGuid,
    EventSourceName,
    EventId,
    Time,
    Qualifiers,
    Version,
    Level,
    Task,
    Opcode,
    Keywords,
    RecordId,
    ActivityId,
    RelatedActivityId,
    ProcessId,
    ThreadId,
    Channel,
    Computer,
    UserId,
    Message,
    KeywordNames,
}

const COUNT: usize = Field::KeywordNames as usize + 1;

/// The fields that have no column of their own, with the names of their attributes. Names of attributes in the
/// XML that say nothing alone are led by their element's name (`ExecutionProcessID`, `ProviderGuid`).
pub(crate) const AS_ATTRIBUTES: &[(Field, &str)] = &[
    (Field::Channel, "Channel"),
    (Field::ProviderGuid, "ProviderGuid"),
    (Field::EventSourceName, "EventSourceName"),
    (Field::Qualifiers, "Qualifiers"),
    (Field::Version, "Version"),
    (Field::Level, "Level"),
    (Field::Task, "Task"),
    (Field::Opcode, "Opcode"),
    (Field::Keywords, "Keywords"),
    (Field::KeywordNames, "KeywordsDisplayNames"),
    (Field::ActivityId, "ActivityID"),
    (Field::RelatedActivityId, "RelatedActivityID"),
    (Field::ProcessId, "ExecutionProcessID"),
    (Field::ThreadId, "ExecutionThreadID"),
    (Field::UserId, "UserID"),
];

/// The field that an element of `System`, or one of its attributes, fills; the text of an element has no
/// attribute name.
pub(crate) fn field_of(element: &str, attribute: &str) -> Option<Field> {
    Some(match (element, attribute) {
        ("Provider", "Name") => Field::Provider,
        ("Provider", "Guid") => Field::ProviderGuid,
        ("Provider", "EventSourceName") => Field::EventSourceName,
        ("EventID", "") => Field::EventId,
        ("EventID", "Qualifiers") => Field::Qualifiers,
        ("Version", "") => Field::Version,
        ("Level", "") => Field::Level,
        ("Task", "") => Field::Task,
        ("Opcode", "") => Field::Opcode,
        ("Keywords", "") => Field::Keywords,
        ("TimeCreated", "SystemTime") => Field::Time,
        ("EventRecordID", "") => Field::RecordId,
        ("Correlation", "ActivityID") => Field::ActivityId,
        ("Correlation", "RelatedActivityID") => Field::RelatedActivityId,
        ("Execution", "ProcessID") => Field::ProcessId,
        ("Execution", "ThreadID") => Field::ThreadId,
        ("Channel", "") => Field::Channel,
        ("Computer", "") => Field::Computer,
        ("Security", "UserID") => Field::UserId,
        _ => return None,
    })
}

/// The attribute for a text of `RenderingInfo` that has no column, as PowerShell names it.
pub(crate) fn rendered_name(element: &str) -> Option<&'static str> {
    Some(match element {
        "Level" => "LevelDisplayName",
        "Task" => "TaskDisplayName",
        "Opcode" => "OpcodeDisplayName",
        _ => return None,
    })
}

/// The fields of one event.
#[derive(Debug, Default)]
pub(crate) struct SystemFields {
    text: String,
    slots: [(usize, usize); COUNT],
}

impl SystemFields {
    /// Empties every field and keeps the memory.
    pub(crate) fn clear(&mut self) {
        self.text.clear();
        self.slots = [(0, 0); COUNT];
    }

    /// Fills a field; an empty value is ignored.
    pub(crate) fn set(&mut self, field: Field, value: &str) {
        if !value.is_empty() {
            let start = self.text.len();
            self.text.push_str(value);
            self.slots[field as usize] = (start, self.text.len());
        }
    }

    /// Fills a field that is still empty.
    pub(crate) fn set_if_absent(&mut self, field: Field, value: &str) {
        if self.get(field).is_empty() {
            self.set(field, value);
        }
    }

    /// Adds to a field that holds a list, divided by `, `.
    pub(crate) fn append(&mut self, field: Field, value: &str) {
        let (start, end) = self.slots[field as usize];
        if start == end {
            return self.set(field, value);
        }
        let begin = self.text.len();
        self.text.extend_from_within(start..end);
        self.text.push_str(", ");
        self.text.push_str(value);
        self.slots[field as usize] = (begin, self.text.len());
    }

    /// The value of a field, empty where there is none.
    pub(crate) fn get(&self, field: Field) -> &str {
        let (start, end) = self.slots[field as usize];
        self.text.get(start..end).unwrap_or_default()
    }
}
