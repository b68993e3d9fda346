//! What a ledger line can be about.

macro_rules! kinds {
    ($($(#[$doc:meta])* $variant:ident = $name:literal,)*) => {
        /// What a ledger line is about. The list belongs to the version of the archive format.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum EntryKind {
            $($(#[$doc])* $variant,)*
        }

        impl EntryKind {
            /// Every kind, in the order of the format description.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The word in the line.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// The kind that this word names.
            pub fn from_name(name: &str) -> Option<Self> {
                match name { $($name => Some(Self::$variant),)* _ => None }
            }
        }
    };
}

kinds! {
    /// The archive was made.
    Create = "create",
    /// A key was certified or rotated.
    Key = "key",
    /// A setting of the archive was changed.
    Config = "config",
    /// A source was declared.
    Source = "source",
    /// A run of intake, with its totals.
    Ingest = "ingest",
    /// An object came in: its commitment and the root of its record tree.
    Object = "object",
    /// A better framing of an object: a second record tree.
    Reframe = "reframe",
    /// A segment of events was written.
    Segment = "segment",
    /// Derived data were made anew.
    Rebuild = "rebuild",
    /// Somebody is about to read, and on what basis.
    AccessIntent = "access-intent",
    /// What that reading gave.
    AccessResult = "access-result",
    /// A verification that was to be recorded.
    Verify = "verify",
    /// Something was exported.
    Export = "export",
    /// A working copy was made.
    Copy = "copy",
    /// A journal kept beside a read-only archive was adopted.
    Journal = "journal",
    /// Removal was forbidden for something.
    Hold = "hold",
    /// A hold was lifted.
    Release = "release",
    /// Something was removed, by a rule or an order.
    Delete = "delete",
    /// Another person signed a checkpoint.
    Cosign = "cosign",
    /// A time stamp was obtained for a checkpoint.
    Stamp = "stamp",
    /// A detached signature or document was attached.
    Attach = "attach",
    /// An incident was registered or changed.
    Incident = "incident",
    /// An inquiry was opened, changed or closed.
    Case = "case",
    /// A remark.
    Note = "note",
}

impl EntryKind {
    /// Whether a head that ends in this line may be signed by the journal key alone: records of access and of verification.
    pub const fn journal_may_sign(self) -> bool {
        matches!(self, Self::AccessIntent | Self::AccessResult | Self::Verify)
    }
}

impl std::fmt::Display for EntryKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}
