-- @title Access to logs on the monitored systems
-- @about Records in which people or programs read, copied, changed or deleted logs: kinds log.view and
--   log.export, and files, commands and statements that name a log (under /var/log, a Windows event log, an
--   audit trail) or a program that reads logs. Who read this archive is shown by archive_access_trail.
-- @about A program that names a log in passing is shown too; one that hides the name is not.
-- @param from timestamp = none: first instant; records without a time are left out as soon as one bound is
--   given
-- @param to timestamp = none: first instant that is no longer in
-- @param source text = none: only records of this source
-- @param tz zone = archive: zone of local_time
-- @column event_id: citation of the record
-- @column time: when, UTC; no value where the record is not placed in time
-- @column local_time: the same instant on the clock of tz, with its offset
-- @column time_basis: how the instant is known; anything but "stated" is assumed, inferred or carried over
-- @column source: system the record came from
-- @column host: machine named in the record
-- @column why: why the record is here
-- @column kind: what happened
-- @column outcome: success, failure or unknown
-- @column user_name: who acted
-- @column target_user: as whom
-- @column process: program
-- @column x_command_line: command
-- @column target: what was acted on
-- @column src_ip: where from
-- @column message: text of the record
-- @clause FI-4b, RU-PRIK-3.1
WITH marked AS (
  SELECT
    *,
    CASE
      WHEN kind = 'log.view' THEN 'log read'
      WHEN kind = 'log.export' THEN 'log exported'
      WHEN kind = 'log.clear' THEN 'log cleared'
      WHEN regexp_like(
        concat_ws(' ', target, x_command_line),
        '(/var/log/|/var/adm/|[\\/]winevt[\\/]|\.evtx?([^a-z0-9]|$)|\.log([^a-z0-9]|$)|/\.?(bash|zsh)_history)', 'i'
      ) THEN 'names a log file'
      WHEN regexp_like(
        concat_ws(' ', process, x_command_line),
        '(^|[^a-z0-9])(journalctl|ausearch|aureport|auditctl|wevtutil|get-winevent|get-eventlog|clear-eventlog|lastlog|lastb|utmpdump)([^a-z0-9]|$)',
        'i'
      ) THEN 'program that reads or manages logs'
      WHEN kind IN ('db.select', 'db.copy', 'db.update', 'db.delete', 'db.truncate', 'db.drop')
        AND regexp_like(concat_ws(' ', target, x_query), '(audit_?(log|trail)|unified_audit|pg_log|event_?log|(^|[^a-z])logs?([^a-z]|$))', 'i')
        THEN 'statement on an audit table'
    END AS why
  FROM events
  WHERE kind <> 'part'
    AND kind NOT IN ('log.rotate', 'unparsed')
    AND ($from IS NULL OR time >= $from)
    AND ($to IS NULL OR time < $to)
    AND ($source IS NULL OR source = $source)
)
SELECT
  event_id,
  time,
  local_time(time, $tz) AS local_time,
  time_basis,
  source,
  host,
  why,
  kind,
  outcome,
  user_name,
  target_user,
  process,
  x_command_line,
  target,
  src_ip,
  message
FROM marked
WHERE why IS NOT NULL
ORDER BY time NULLS LAST, source, object, byte_offset
