-- @title Numbers that are missing among records that their writer counts
-- @about Windows event logs count the records of each channel of a machine, auditd the events of a machine, PostgreSQL
--   the lines of a session, Cisco IOS and RFC 5424 (sequenceId) the messages of a device. A number that is passed
--   over is a record that was written and is not here.
-- @about A count that begins anew (restart, cleared log) begins a new row of numbers; before its first and after its
--   last number nothing can be missed. Where more than two numbers in a hundred are passed over, only some records are
--   handed on, and holes tell nothing: such counts are left out here.
-- @param from timestamp = none: leave out holes that ended before this instant
-- @param to timestamp = none: leave out holes that began at or after this instant
-- @param source text = none: only records of this source
-- @param tz zone = archive: zone of the local columns
-- @column source: the source
-- @column format: format of the records
-- @column counter: who counts: machine and channel, or session
-- @column missing: how many numbers are passed over
-- @column first_missing: the first of them
-- @column last_missing: the last of them
-- @column before_time: time of the record before the hole, UTC
-- @column before_local: the same on the clock of tz
-- @column after_time: time of the record after the hole, UTC
-- @column after_local: the same on the clock of tz
-- @column before_event: citation of the record before
-- @column after_event: citation of the record after
-- @clause RU-PRIK-4.14, RU-PRIK-4.15, SI-3a
WITH counted AS (
  SELECT
    source,
    format,
    CASE
      WHEN format LIKE 'postgres%' THEN session
      WHEN format LIKE 'windows%' OR format = 'evtx' THEN concat_ws(' ', host, service)
      ELSE host
    END AS counter,
    TRY_CAST(CASE WHEN format = 'syslog-rfc5424' THEN attrs['meta.sequenceId'] ELSE x_record_id END AS BIGINT) AS number,
    time,
    event_id
  FROM events
  WHERE (
      format IN (
        'evtx', 'windows-xml', 'windows-json', 'auditd', 'postgres-csv', 'postgres-json', 'postgres-log', 'cisco-ios'
      )
      OR (format = 'syslog-rfc5424' AND attrs['meta.sequenceId'] IS NOT NULL)
    )
    AND time IS NOT NULL
    AND ($source IS NULL OR source = $source)
),
numbers AS (
  SELECT source, format, coalesce(counter, '') AS counter, number, min(time) AS time, min(event_id) AS event_id
  FROM counted
  WHERE number IS NOT NULL
  GROUP BY source, format, coalesce(counter, ''), number
),
steps AS (
  SELECT *, lag(number) OVER (PARTITION BY source, format, counter ORDER BY time, number) AS before
  FROM numbers
),
rows_of_numbers AS (
  SELECT
    *,
    sum(CASE WHEN number < before - 1000 OR (number <= 10 AND before > 100) THEN 1 ELSE 0 END)
      OVER (PARTITION BY source, format, counter ORDER BY time, number) AS epoch
  FROM steps
),
neighbours AS (
  SELECT
    source,
    format,
    counter,
    number,
    time,
    event_id,
    lag(number) OVER row_of_numbers AS before_number,
    lag(time) OVER row_of_numbers AS before_time,
    lag(event_id) OVER row_of_numbers AS before_event
  FROM rows_of_numbers
  WINDOW row_of_numbers AS (PARTITION BY source, format, counter, epoch ORDER BY number)
),
regular AS (
  SELECT source, format, CASE WHEN format LIKE 'postgres%' THEN '' ELSE counter END AS counts
  FROM neighbours
  GROUP BY source, format, CASE WHEN format LIKE 'postgres%' THEN '' ELSE counter END
  HAVING 50 * sum(CASE WHEN number > before_number + 1 THEN 1 ELSE 0 END) <= count(*)
)
SELECT
  neighbours.source,
  neighbours.format,
  counter,
  number - before_number - 1 AS missing,
  before_number + 1 AS first_missing,
  number - 1 AS last_missing,
  before_time,
  local_time(before_time, $tz) AS before_local,
  time AS after_time,
  local_time(time, $tz) AS after_local,
  before_event,
  event_id AS after_event
FROM neighbours
JOIN regular
  ON neighbours.source = regular.source
  AND neighbours.format = regular.format
  AND CASE WHEN neighbours.format LIKE 'postgres%' THEN '' ELSE counter END = counts
WHERE number > before_number + 1
  AND ($from IS NULL OR time > $from)
  AND ($to IS NULL OR before_time < $to)
ORDER BY neighbours.source, neighbours.format, counter, before_time, before_number
