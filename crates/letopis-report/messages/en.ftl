# Texts of the reports, English. Every id stands in every language's file.

head-archive = Archive
head-custodian = Custodian
head-checkpoint = Checkpoint of the ledger
head-entries = { $n ->
    [one] { $n } entry, root { $root }
   *[other] { $n } entries, root { $root }
}
head-nobody = not named in the archive
head-made-by = Made by
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
col-days = Days on which it is seen
col-source-days = Days on which its sources wrote
col-shared = Accounts or addresses beside it
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
col-this = { $quarter }
col-previous = { $quarter }, the quarter before
col-file = File
col-status = Status
col-format = Format
col-encoding = Encoding
col-bytes = Bytes
col-records = Records
col-unparsed = Unparsed
col-not-placed = Not placed in time
col-sha256 = SHA-256
col-list = By the seizure list
col-reason = Reason
col-day = Day

timeline-title = Timeline
timeline-picture = Activity of the sources involved
timeline-legend = Grey: rows. Amber: starting points. Red: failures. Shaded: silence of a source. A taller mark stands for more rows.
timeline-rows = Rows
timeline-followed = Traces that were followed
timeline-skipped = Traces that were not followed: they are seen on too many days to tell anything
timeline-gaps = Silence of the sources involved, from a day before to a day after
timeline-empty = Nothing was found.
limit-account = who sat behind an account or an address
limit-reach = what no source recorded, and what shares no trace with a row that is here, within the steps and the time asked for
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
stats-heads = of them without continuation records
stats-unparsed = of them unparsed
stats-copies = of them repeating a record of another source
stats-near = of them with an assumed or inferred time within a day of the quarter's bounds
stats-not-placed = not placed in time, in the whole archive (in no quarter)
stats-by-category = By category
stats-by-source = By source
stats-by-kind = By kind
stats-by-outcome = By outcome
stats-by-week = By week
stats-failed = Failed logons by source
stats-privileged = Use of privileges by source
stats-changes = Changes of accounts, rights, settings and logging
stats-silent = Days on which a source was to write and wrote nothing, between its first and last record
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

# Kinds of events, by their codes.
kind-system-start = System started
kind-system-stop = System stopped
kind-object-open = Object opened
kind-object-save = Object saved or written
kind-object-rename = Object renamed
kind-object-delete = Object deleted
kind-object-create = Object created
kind-object-copy = Object copied
kind-software-install = Software installed
kind-software-remove = Software removed
kind-auth-logon = Logon or attempt to log on
kind-auth-logoff = Logoff
kind-config-change = Configuration changed
kind-account-create = Account created
kind-account-delete = Account deleted
kind-account-modify = Account changed
kind-protection-enable = Protection switched on
kind-protection-disable = Protection switched off
kind-protection-config-change = Protection settings changed
kind-privilege-use = Privileged account or right used
kind-device-connect = Device connected
kind-device-disconnect = Device disconnected
kind-user-action = User action failed or refused
kind-resource-action = Action on data or resource failed or refused
kind-process-start = Process started
kind-process-stop = Process stopped
kind-auth-multi-ip = One account from several addresses
kind-port-open = Port opened
kind-privilege-assign = Privileges given to a session
kind-auth-logon-network = Network logon
kind-share-admin-access = Administrative share accessed
kind-share-pipe-access = Named pipe accessed
kind-object-write-access = Write access to a file
kind-process-start-suspicious = Potentially dangerous process started
kind-service-install = Service installed
kind-service-start = Service started
kind-service-stop = Service stopped
kind-task-create = Scheduled task created
kind-task-modify = Scheduled task changed
kind-service-timeout = Service timed out
kind-service-failure = Service failed
kind-registry-value-change = Registry value changed
kind-wmi-namespace-write = Write in a WMI namespace
kind-auth-unregistered-account = Unregistered account used
kind-db-select = Database: select
kind-db-create = Database: create
kind-db-alter = Database: alter
kind-db-drop = Database: drop
kind-db-truncate = Database: truncate
kind-db-rename = Database: rename
kind-db-insert = Database: insert
kind-db-update = Database: update
kind-db-delete = Database: delete
kind-db-call = Database: procedure called
kind-db-lock = Database: lock
kind-db-copy = Database: bulk copy
kind-db-other = Database: other statement
kind-db-grant = Database: right granted
kind-db-revoke = Database: right revoked
kind-db-deny = Database: right denied
kind-link-up = Network link up
kind-link-degrade = Network link degraded
kind-link-down = Network link down
kind-traffic-in = Inbound traffic
kind-traffic-out = Outbound traffic
kind-firewall-device-event = Event of the firewall itself
kind-account-copy = Account copied
kind-account-move = Account moved
kind-config-file-create = Configuration file created
kind-config-file-copy = Configuration file copied
kind-config-file-move = Configuration file moved or replaced
kind-config-file-delete = Configuration file deleted
kind-config-file-modify = Configuration file changed
kind-access-obtain = Access to an object obtained
kind-data-access = Data accessed
kind-data-modify = Data changed
kind-data-delete = Data deleted
kind-media-connect = Removable medium connected
kind-media-disconnect = Removable medium disconnected
kind-media-write = Data written to a removable medium
kind-file-access = Protected file accessed
kind-protected-object-access = Protected object accessed
kind-remote-access = Remote access or attempt
kind-log-clear = Log cleared
kind-log-failure = Logging failed
kind-log-full = Log full
kind-log-overwrite = Log overwritten
kind-log-policy-change = Audit or logging policy changed
kind-log-rotate = Log rotated or archived
kind-log-view = Log read
kind-log-export = Log exported
kind-malware-detect = Malware detected
kind-malware-action = Protection tool acted on malware
kind-ids-alert = Intrusion detection alert
kind-firewall-block = Connection refused by firewall
kind-firewall-allow = Connection allowed by firewall
kind-resource-usage = Use of resources
kind-time-sync = Clock synchronised
kind-time-change = Clock changed
kind-error-report = Error reported
kind-deviation-report = Deviation reported
kind-auth-ticket = Kerberos ticket asked for or given
kind-auth-credential-use = Credentials used for another account
kind-account-lock = Account locked
kind-account-unlock = Account unlocked
kind-account-enable = Account enabled
kind-account-disable = Account disabled
kind-account-password-change = Password changed
kind-account-password-reset = Password reset by another
kind-group-create = Group created
kind-group-delete = Group deleted
kind-group-modify = Group changed
kind-group-member-add = Member added to a group
kind-group-member-remove = Member removed from a group
kind-session-open = Session opened
kind-session-close = Session closed
kind-session-reconnect = Session taken up again
kind-session-disconnect = Session left
kind-task-delete = Scheduled task deleted
kind-task-run = Scheduled task run
kind-script-run = Script run
kind-http-request = Web request
kind-dns-query = Name looked up
kind-mail-receive = Mail received
kind-mail-send = Mail sent
kind-network-connect = Network connection opened
kind-network-disconnect = Network connection closed
kind-network-flow = Network connection recorded
kind-service-state = Service changed state
kind-registry-key-change = Registry key changed
kind-process-access = Process opened by another
kind-module-load = Module or driver loaded
kind-backup-run = Backup made
kind-resource-exhausted = Memory, disk or another resource ran out
kind-part = Continuation of an event recorded in several records
kind-unparsed = Record that could not be read
kind-other = Anything else

outcome-success = success
outcome-failure = failure
outcome-unknown = unknown
entity-account = account
entity-address = address
entity-machine = machine
entity-session = session
entity-process = process
timeline-copy = same as { $event }
timeline-logons = Logons of accounts seen too often, followed only while they lasted
timeline-unfinished = The last step outwards still found rows: more steps would find more.
timeline-summary = Rows: { $rows }. Starting points: { $anchors }. Reached from them: { $reached }. Of all, rows that repeat a row of another source: { $copies }.
col-copy = Copy
col-number = Rows
col-first-time = First record
col-last-time = Last record
no-time = not placed in time

# Why a row is in a timeline.
why-search = found by { $value }
why-user = account { $value }
why-host = machine or source { $value }
why-address = address { $value }
why-event = named record
why-time = in the time asked for
why-trace = { $trace }, { $apart } from { $event }
why-trace-shared = { $trace } ({ $shared }), { $apart } from { $event }
why-logon = account { $account } while its logon { $event } lasted, { $apart } after it (the account is seen on { $days } of { $of } days: others may use it)
trace-account = account { $value }
trace-address = address { $value }
trace-machine = machine { $value }
trace-session = session { $value } of { $source }
trace-process = process { $value } of { $source }
shared-address = { $n ->
    [one] shared: { $n } account used it
   *[other] shared: { $n } accounts used it
}
shared-account = { $n ->
    [one] shared: used from { $n } address
   *[other] shared: used from { $n } addresses
}
apart-seconds = { $n } s
apart-minutes = { $n } min
apart-hours = { $hours } h { $minutes } min
timeline-overview = Overview: the same thing done by the same, from the first to the last time
timeline-overview-copies = Rows that repeat a row of another source are not counted in the overview.

# What was asked.
ask-search = Search
ask-user = Account
ask-host = Machine or source
ask-address = Address
ask-event = Record
ask-from = From
ask-to = To (no longer in)
ask-source = Source
ask-quarter = Quarter
ask-window = Followed before and after a row
ask-steps = Steps outwards at most
ask-none = anchors only, nothing is followed
ask-common = Traces seen too often
ask-common-followed = followed too

# Codes of records.
category-os = Operating systems
category-dbms = Databases
category-network = Network equipment
category-application = Applications
category-protection = Means of protection
status-new = taken in
status-known = known already
status-grown = grown, the new part taken in
status-changed = differs from what the path gave before
status-refused = refused
status-damaged = damaged
ended-complete = complete
ended-interrupted = interrupted
ended-error = ended by an error
basis-os-account = account of the operating system
basis-signed = signature
list-matches = agrees
list-differs = DIFFERS: the list says { $listed }
list-not-listed = not in the list
access-this = this report
stats-holidays = By the rhythm of the source list; public holidays are not known to the program and stand here as well.
unit-minutes = { $n } min
silence-open = no record any more
col-week = Week
col-monday = From Monday
col-weekday = Weekday
weekday-1 = Monday
weekday-2 = Tuesday
weekday-3 = Wednesday
weekday-4 = Thursday
weekday-5 = Friday
weekday-6 = Saturday
weekday-7 = Sunday
bundle-readme =
    This folder holds records of logs, handed out of an archive of the program letopis.
    It is a bag in the sense of RFC 8493 (BagIt).

    WHAT IS IN data/
      records.jsonl       the records, one JSON object a line, with their text (raw)
      records.proof.txt   the proof of every record
      objects.json        the files that the records come from
      extracts/           the bytes of the records, file by file, or
      originals/          the whole files
      checkpoint.txt      the signed state of the ledger when this was made
      custodian.txt       the public key of the archive's custodian
      contents.sha256     SHA-256 of all these files
      access.proof.txt    the record of this export in the ledger: who, when, why, and the SHA-256 of contents.sha256

    HOW TO CHECK IT, without letopis
      1. That nothing changed since it was made. With sha256sum, in this folder:
           sha256sum -c manifest-sha256.txt
         or with any BagIt tool, for example:  bagit.py --validate .
      2. That the records stood in the archive, unchanged. With Python 3 alone:
           python3 check_proof.py data/records.proof.txt "$(cat data/custodian.txt)"
         It must say "shown" and end with exit code 0. Compare custodian.txt with the key that the custodian
         published or gave you in another way: whoever could forge the proof could also put their own key here.
      3. Who took the records out, and why:
           python3 check_proof.py data/access.proof.txt "$(cat data/custodian.txt)"

    WHAT THIS DOES NOT SHOW
      That what the records say is true; that the files were unaltered before they were taken in; that nothing was
      left out; who holds the key; when it was signed, other than by the signer's own clock.
      The columns of records.jsonl (time, user, address …) are a reading of the records by a program; the proof
      covers the bytes of the records, which stand there as raw.

checkpoint-title = Checkpoint of an archive of logs
checkpoint-keep = Whoever keeps this page, outside the archive and out of the hands of its custodian, can show later that nothing up to here was changed: letopis verify --anchor FILE, where FILE holds the lines below or a picture of the code read into text.
checkpoint-lines = The checkpoint, to be copied or read from the code
checkpoint-too-long = The checkpoint has too many signatures for a code; the lines above are all of it.
checkpoint-keys = Keys that sign for this archive
checkpoint-attached = Signatures of others that the archive keeps
checkpoint-sign = Seen by (name, office, date, signature)
checkpoint-nobody = none yet
col-entry = Entry
col-lines = Entries below it
col-role = Role
col-key = Key
col-since = From entry
col-state = State
role-custodian = custodian
role-journal = journal of readings
key-active = signs
key-ended = signs no more
limit-head-after = what was entered after this checkpoint
limit-head-truth = that a record is true, or that nothing was left out of what was handed over
limit-head-holder = who holds a key
attached-cosigned = cosigned, by a trusted key
attached-cosigner-unknown = cosigned, by a key that is in no list given here
attached-stamped = time stamp holds
attached-signed = signature holds
attached-check-elsewhere = kept as it came: check with your national tool
attached-attached-unknown = kept in a form of its own
attached-destroyed = destroyed by a recorded removal
attached-trouble = DOES NOT HOLD: letopis verify says why

# Coverage and retention.
coverage-title = Coverage of sources
coverage-meaning = A mark for each day that has records of the source; shaded where days are without records on which its rhythm lets expect some. A source without a rhythm in the source list is expected to write daily.
coverage-missing = Days without records that were to be expected
coverage-thin = Days with fewer records than the rhythm says
rhythm-assumed = daily (assumed)
col-rhythm = Rhythm
col-first-day = First day
col-last-day = Last day
col-day-count = Days
col-held-days = Days with records
col-expected-days = Days expected
col-missing-days = Days missing
col-lateness = Days from record to intake (median)
retention-title = Proof of retention
retention-summary = Floor of retention on { $day }: { $answer }
retention-meaning = Met: every expected day of the months before is held and was taken in by then. Not met: records were expected of a day and none ever came. Not shown: the archive alone cannot tell, and the reason stands below.
retention-why = Reasons
retention-past = The year before, day by day
retention-past-meaning = Judged by what the archive itself held on each day, as its ledger tells. What came later may have been kept elsewhere until then.
retention-inside = Days missing inside what is held
retention-anchors = Signed states of this archive that others hold
answer-met = met
answer-not-shown = not shown
answer-not-met = not met
kept-missing = no records
kept-later = taken in only later
kept-in-part = some records came later
kept-behind = nothing taken in since
kept-begins = the source begins here, and no beginning is declared
kept-no-rhythm = irregular: what is missing cannot be known
kept-nothing = nothing is held
col-months = Months
col-held-from = To be held from
col-answer = Floor
col-anchor = Anchor
col-entries = Ledger entries
col-handed-in = Handed in
col-by = By
col-verdict = Found
ask-first-day = First day
ask-last-day = Last day
ask-day = Day
ask-intake-days = Days that may pass until logs are taken in
limit-no-list = There is no source list: whether sources are left out altogether cannot be seen here.
limit-day = A day counts with its first record: whether all records of a day are there cannot be seen here.
limit-holidays = Holidays are known only where a calendar was given.
limit-elsewhere = What is kept outside this archive is not judged.
limit-custodian-word = No one else has signed a state of this archive: when records were taken in rests on its custodian's word.
