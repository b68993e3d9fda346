-- @title Everything recorded about one address or network, in order of time
-- @about Records in which the address stands as source, as destination or as the address of the recording
--   host.
-- @about An address is not a person and not always one machine.
-- @about Continuation records (kind part) are left out; event_group leads to them.
-- @param address text: address (10.0.0.7) or network (10.0.0.0/8, 2001:db8::/32)
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
-- @column role: where the address stands: source, destination, host
-- @column host: machine named in the record
-- @column kind: what happened
-- @column outcome: success, failure or unknown
-- @column user_name: who acted
-- @column target_user: whose account was acted upon
-- @column src_ip: where from
-- @column process: program
-- @column target: what was acted on
-- @column message: text of the record
-- @column event_group: shared by the records that make one event together
-- @column dst_ip: where to
-- @clause KZ195-2.7, RU-PRIK-7
SELECT
  event_id,
  time,
  local_time(time, $tz) AS local_time,
  time_basis,
  source,
  CASE
    WHEN in_cidr(src_ip, $address) THEN 'source'
    WHEN in_cidr(dst_ip, $address) THEN 'destination'
    ELSE 'host'
  END AS role,
  host,
  kind,
  outcome,
  user_name,
  target_user,
  src_ip,
  process,
  target,
  message,
  event_group,
  dst_ip
FROM events
WHERE kind <> 'part'
  AND (in_cidr(src_ip, $address) OR in_cidr(dst_ip, $address) OR in_cidr(host_ip, $address))
  AND ($from IS NULL OR time >= $from)
  AND ($to IS NULL OR time < $to)
  AND ($source IS NULL OR source = $source)
ORDER BY time NULLS LAST, source, object, byte_offset
