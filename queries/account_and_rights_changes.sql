-- @title Changes of accounts, groups and rights
-- @about Accounts created, changed, locked, deleted; members put into groups and taken out; database rights
--   granted, revoked, denied.
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
-- @column kind: what was changed
-- @column outcome: success, failure or unknown
-- @column user_name: who did it
-- @column target_user: whose account
-- @column target: group, role or object
-- @column action: verb as recorded
-- @column x_old_value: value before
-- @column x_new_value: value after
-- @column src_ip: where from
-- @column message: text of the record
-- @clause KZ195-A4-1.6, KZ195-A4-9.3, KZ195-A4-22.2
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
  target,
  action,
  x_old_value,
  x_new_value,
  src_ip,
  message
FROM events
WHERE kind <> 'part'
  AND kind IN (
    'account.create', 'account.delete', 'account.modify', 'account.copy', 'account.move',
    'account.lock', 'account.unlock', 'account.enable', 'account.disable',
    'account.password_change', 'account.password_reset', 'group.create', 'group.delete',
    'group.modify', 'group.member_add', 'group.member_remove', 'db.grant', 'db.revoke', 'db.deny'
  )
  AND ($from IS NULL OR time >= $from)
  AND ($to IS NULL OR time < $to)
  AND ($source IS NULL OR source = $source)
ORDER BY time NULLS LAST, source, object, byte_offset
