-- @title Use of privileged accounts and rights
-- @about Rights of an administrator used (sudo, su, sensitive privileges), given to a session, or
--   credentials of another account used.
-- @about Windows gives privileges to every logon of an administrator; that alone is no misuse.
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
-- @column kind: what was done
-- @column outcome: success, failure or unknown
-- @column user_name: who acted
-- @column target_user: as whom
-- @column session: session or logon id
-- @column process: program
-- @column x_command_line: command
-- @column target: what was acted on
-- @column src_ip: where from
-- @column message: text of the record
-- @clause KZ195-A4-1.9, KZ195-A4-4.1
SELECT
  event_id,
  time,
  local_time(time, $tz) AS local_time,
  time_basis,
  source,
  host,
  kind,
  outcome,
  user_name,
  target_user,
  session,
  process,
  x_command_line,
  target,
  src_ip,
  message
FROM events
WHERE kind <> 'part'
  AND kind IN ('privilege.use', 'privilege.assign', 'auth.credential_use')
  AND ($from IS NULL OR time >= $from)
  AND ($to IS NULL OR time < $to)
  AND ($source IS NULL OR source = $source)
ORDER BY time NULLS LAST, source, object, byte_offset
