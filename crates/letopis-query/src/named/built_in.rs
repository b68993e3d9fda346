//! The queries that are part of the program: every file of `queries/`, listed once.

macro_rules! files {
    ($($name:literal,)*) => {
        /// Name and text of every query.
        pub(super) const FILES: &[(&str, &str)] = &[
            $(($name, include_str!(concat!("../../../../queries/", $name, ".sql"))),)*
        ];
    };
}

files! {
    "access_to_log_files",
    "account_and_rights_changes",
    "archive_access_trail",
    "clock_offsets_by_source",
    "database_mass_reads",
    "doubtful_times",
    "first_seen_addresses",
    "logging_stopped_or_cleared",
    "logon_failures",
    "logon_success_after_failures",
    "months_held_by_source",
    "privileged_use",
    "quarterly_log_records",
    "sequence_holes_by_source",
    "silent_periods_by_source",
    "timeline_by_address",
    "timeline_by_host",
    "timeline_by_user",
    "unparsed_by_file",
}
