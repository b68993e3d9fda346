-- @title Everything recorded about one account, in order of time
-- @about Records in which the account acted or was acted upon, written alone, as DOMAIN\name or as
--   name@domain, in any case.
-- @about An account is not a person: whoever shares it is shown as one. Look-alike spellings are other
--   accounts here.
-- @about Continuation records (kind part) are left out; event_group leads to them.
-- @param user text: account name
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
-- @column role: actor, target or both
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
-- @clause KZ195-2.7, RU-PRIK-7
SELECT
  event_id,
  time,
  local_time(time, $tz) AS local_time,
  time_basis,
  source,
  CASE
    WHEN is_account(user_name, $user) AND is_account(target_user, $user) THEN 'both'
    WHEN is_account(user_name, $user) THEN 'actor'
    ELSE 'target'
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
  event_group
FROM events
WHERE kind <> 'part'
  AND (is_account(user_name, $user) OR is_account(target_user, $user))
  AND ($from IS NULL OR time >= $from)
  AND ($to IS NULL OR time < $to)
  AND ($source IS NULL OR source = $source)
ORDER BY time NULLS LAST, source, object, byte_offset
