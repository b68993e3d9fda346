-- @title Reading of databases in bulk
-- @about One row for every database record that moved much at once: a bulk copy out, a dump, a SELECT
--   without condition or limit, a statement that by its own record touched many rows or bytes; and one for the
--   record at which an account reached so many reads within the window, which marks the begin of a series.
-- @about A nightly backup is bulk reading too: compare account, address and hour with what is usual.
-- @param rows integer = 1000: rows of one statement that count as many, where the record tells them
-- @param bytes integer = 10000000: bytes of one statement that count as many, where the record tells them
-- @param reads integer = 500: reads of one account that make a series
-- @param window duration = 1h: time in which they must fall
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
-- @column user_name: account
-- @column src_ip: where from
-- @column target: table or object
-- @column rows_touched: rows as recorded
-- @column x_bytes: bytes as recorded
-- @column reads_in_window: reads of the account up to and with this record
-- @column x_query: statement
-- @column message: text of the record
-- @clause KZ195-A4-9.2, KZ195-A4-22.5
WITH reads AS (
  SELECT
    *,
    coalesce(try_cast(attrs['rows'] AS BIGINT), try_cast(attrs['row_count'] AS BIGINT)) AS rows_touched,
    count(*) OVER (
      PARTITION BY source, user_name ORDER BY time, object, byte_offset
      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS position,
    count(*) OVER (
      PARTITION BY source, user_name ORDER BY time RANGE BETWEEN $window PRECEDING AND CURRENT ROW
    ) AS reads_in_window
  FROM events
  WHERE kind IN ('db.select', 'db.copy', 'db.call', 'data.access', 'backup.run')
    AND time IS NOT NULL
    AND ($from IS NULL OR time >= $from - $window)
    AND ($to IS NULL OR time < $to)
    AND ($source IS NULL OR source = $source)
),
stepped AS (
  SELECT
    *,
    lag(reads_in_window, 1, 0) OVER (PARTITION BY source, user_name ORDER BY position) AS reads_before
  FROM reads
),
marked AS (
  SELECT
    *,
    CASE
      WHEN kind = 'db.copy' THEN 'bulk copy'
      WHEN kind = 'backup.run' THEN 'backup or dump'
      WHEN regexp_like(x_query, '^\s*copy\s.*\sto\s', 'is') THEN 'bulk copy'
      WHEN rows_touched >= $rows THEN 'many rows'
      WHEN x_bytes >= $bytes THEN 'many bytes'
      WHEN regexp_like(x_query, '^\s*select\s+\*\s+from\s', 'is')
        AND NOT regexp_like(x_query, '\s(where|limit|fetch|join)\s', 'is') THEN 'whole table'
      WHEN user_name IS NOT NULL AND reads_in_window >= $reads AND reads_before < $reads THEN 'series of reads'
    END AS why
  FROM stepped
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
  src_ip,
  target,
  rows_touched,
  x_bytes,
  reads_in_window,
  x_query,
  message
FROM marked
WHERE why IS NOT NULL
  AND ($from IS NULL OR time >= $from)
ORDER BY time, source, object, byte_offset
