# Texts of the reports, English. Every id stands in every language's file.

head-archive = Archive
head-custodian = Custodian
head-checkpoint = Checkpoint (entries · root)
head-made = Made
head-zone = Local times in
head-program = Program
head-command = Command
not-shown = What this report does not show
count-records = { $n ->
    [one] { $n } record
   *[other] { $n } records
}
assumed-mark = A time marked ~ is assumed or inferred; every other time is stated by the record itself.
not-placed = { $n ->
    [0] Every record asked for is placed in time.
    [one] { $n } record asked for has no place in time and is not among the rows.
   *[other] { $n } records asked for have no place in time and are not among the rows.
}
col-time = Time (local)
col-utc = Time (UTC)
col-source = Source
col-host = Machine
col-kind = What
col-outcome = Outcome
col-user = Account
col-address = Address
col-target = Object
col-message = Text
col-why = Why it is here
col-event = Record
col-entity = Trace
col-days = Days seen
col-source-days = Days of the source
col-shared = Shared by
col-from = From
col-to = To
col-person = Person
col-basis = Known by
col-command = Command
col-purpose = Purpose
col-case = Case
col-rows = Rows
col-ended = Ended
col-value = Value
col-this = This quarter
col-previous = Quarter before
col-file = File
col-status = Status
col-format = Format
col-encoding = Encoding
col-bytes = Bytes
col-records = Records
col-unparsed = Unparsed
col-not-placed = Not placed in time
col-sha256 = SHA-256
col-list = Seizure list
col-reason = Reason
col-day = Day

timeline-title = Timeline
timeline-picture = Activity of the sources involved
timeline-legend = Grey: rows. Amber: anchors. Red: failures. Shaded: silence of a source.
timeline-rows = Rows
timeline-followed = Traces that were followed
timeline-skipped = Traces that were not followed: they are seen on too many days to tell anything
timeline-gaps = Silence of the sources involved
timeline-empty = Nothing was found.
limit-account = who sat behind an account or an address
limit-reach = what no source recorded, and what lies further than one step from the anchors
limit-clock = that the clocks were right: times are as recorded

access-title = Access to the logs
access-archive = Who read this archive
access-read = Reading of logs on the monitored systems
access-stopped = Logging changed, stopped or cleared on the monitored systems
access-open = no result recorded
limit-other-tools = whoever read the archive's files with other tools
limit-unlogged = a reading that a monitored system did not log

stats-title = Log records of quarter { $quarter }
stats-meaning = The counts are log records. IS events, incidents and threats are registered by people and not counted here.
stats-totals = Totals
stats-records = Log records
stats-heads = without continuation records
stats-unparsed = unparsed
stats-copies = repeated by a second source (counted above as well)
stats-near = with an assumed time within a day of the quarter's bounds
stats-not-placed = without a place in time, in the whole archive
stats-by-category = By category
stats-by-source = By source
stats-by-kind = By kind
stats-by-outcome = By outcome
stats-by-week = By week
stats-failed = Failed logons by source
stats-privileged = Use of privileges by source
stats-changes = Changes of accounts, rights, settings and logging
stats-silent = Days on which a source wrote nothing, between its first and last record
stats-none = none
limit-completeness = whether all sources of the organisation are in the archive

intake-title = Intake act
intake-custody = Chain of custody
intake-operator = Operator
intake-exhibit = Exhibit
intake-received = Received from
intake-acquired = Acquired
intake-medium = Medium
intake-machine = Machine
intake-summary = Summary
intake-files = Files
intake-added = Records added
intake-reconciliation = Every file and what became of it
intake-checkpoint = Checkpoint: copy these lines into the minutes
intake-signature = Signature and date: ______________________________
limit-true = that a record is true
limit-before = that a file was unaltered before its intake
limit-left-out = that nothing was left out of what was handed over
