-- @title Logons that failed or were refused
-- @about A logon is a record of kind auth.logon, auth.logon_network or remote.access; one whose outcome is
--   not recorded is not here.
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
-- @column host: machine that was logged on to
-- @column kind: way of logging on
-- @column user_name: who acted
-- @column target_user: account that was tried, where the record tells it apart
-- @column src_ip: where from
-- @column protocol: protocol
-- @column x_logon_type: Windows logon type
-- @column status: result as recorded
-- @column x_reason: reason as recorded
-- @column message: text of the record
-- @clause KZ195-A4-1.4, FI-2c, RU-PRIK-4.4.5
SELECT
  event_id,
  time,
  local_time(time, $tz) AS local_time,
  time_basis,
  source,
  host,
  kind,
  user_name,
  target_user,
  src_ip,
  protocol,
  x_logon_type,
  status,
  x_reason,
  message
FROM events
WHERE kind <> 'part'
  AND kind IN ('auth.logon', 'auth.logon_network', 'remote.access')
  AND outcome = 'failure'
  AND ($from IS NULL OR time >= $from)
  AND ($to IS NULL OR time < $to)
  AND ($source IS NULL OR source = $source)
ORDER BY time NULLS LAST, source, object, byte_offset
