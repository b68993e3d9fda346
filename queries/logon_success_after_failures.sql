-- @title Logons that succeeded after several failures
-- @about A successful logon before which, within the window, at least so many logons of the same account or
--   from the same address failed. Failures with the very same time count as before it. Guessing and a
--   forgotten password look alike here: a row is a question, not a verdict.
-- @about Accounts are compared as written, in any case. A logon is a record of kind auth.logon,
--   auth.logon_network or remote.access. Records without a time can not take part.
-- @param failures integer = 5: failures that make a success remarkable
-- @param window duration = 30m: how long before the success they count
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
-- @column account: account that logged on
-- @column src_ip: where from
-- @column found_by: account, address or both: what reached the number of failures
-- @column account_failures: failed logons of the account in the window
-- @column address_failures: failed logons from the address in the window
-- @column first_failure: earliest of them, UTC
-- @column message: text of the record
-- @clause KZ195-A4-1.4, FI-2c
WITH logons AS (
  SELECT
    event_id,
    time,
    time_basis,
    source,
    host,
    lower(coalesce(target_user, user_name)) AS account_key,
    coalesce(target_user, user_name) AS account,
    src_ip,
    outcome,
    message,
    object,
    byte_offset,
    CASE WHEN outcome = 'failure' THEN 1 ELSE 0 END AS failed,
    CASE WHEN outcome = 'failure' THEN time END AS failed_at
  FROM events
  WHERE kind IN ('auth.logon', 'auth.logon_network', 'remote.access')
    AND time IS NOT NULL
    AND ($from IS NULL OR time >= $from - $window)
    AND ($to IS NULL OR time < $to)
    AND ($source IS NULL OR source = $source)
),
counted AS (
  SELECT
    *,
    CASE WHEN account_key IS NULL THEN 0 ELSE sum(failed) OVER (
      PARTITION BY account_key ORDER BY time RANGE BETWEEN $window PRECEDING AND CURRENT ROW
    ) END AS account_failures,
    CASE WHEN src_ip IS NULL THEN 0 ELSE sum(failed) OVER (
      PARTITION BY src_ip ORDER BY time RANGE BETWEEN $window PRECEDING AND CURRENT ROW
    ) END AS address_failures,
    min(failed_at) OVER (
      PARTITION BY account_key ORDER BY time RANGE BETWEEN $window PRECEDING AND CURRENT ROW
    ) AS account_first,
    min(failed_at) OVER (
      PARTITION BY src_ip ORDER BY time RANGE BETWEEN $window PRECEDING AND CURRENT ROW
    ) AS address_first
  FROM logons
)
SELECT
  event_id,
  time,
  local_time(time, $tz) AS local_time,
  time_basis,
  source,
  host,
  account,
  src_ip,
  CASE
    WHEN account_failures >= $failures AND address_failures >= $failures THEN 'both'
    WHEN account_failures >= $failures THEN 'account'
    ELSE 'address'
  END AS found_by,
  account_failures,
  address_failures,
  CASE
    WHEN account_failures >= $failures AND address_failures >= $failures
      THEN least(account_first, address_first)
    WHEN account_failures >= $failures THEN account_first
    ELSE address_first
  END AS first_failure,
  message
FROM counted
WHERE outcome = 'success'
  AND ($from IS NULL OR time >= $from)
  AND (account_failures >= $failures OR address_failures >= $failures)
ORDER BY time, source, object, byte_offset
