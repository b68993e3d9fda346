-- @title Records whose time is not stated, or can not be right
-- @about Counts by file and reason: zone or year assumed or inferred, time carried over from the record
--   before, no time at all; and, before any of these, times before 1990 or more than a day after the record was
--   taken in, however they are known. example leads to the first such record. An event of several records counts once.
-- @about With from or to, records without a time are still shown: nothing is known of when they were made.
-- @param from timestamp = none: first instant
-- @param to timestamp = none: first instant that is no longer in
-- @param source text = none: only records of this source
-- @param tz zone = archive: zone of the local columns
-- @column source: system the records came from
-- @column object: SHA-256 of the file's bytes
-- @column path: path the file came by, where the register of objects has it
-- @column format: format of the records
-- @column time_basis: how their time is known
-- @column assumed_offset_min: offset from UTC that was taken, in minutes; no value where the record states it
-- @column reason: what makes the time doubtful
-- @column log_records: records
-- @column first_time: earliest time, UTC
-- @column first_local: the same on the clock of tz
-- @column last_time: latest time, UTC
-- @column last_local: the same on the clock of tz
-- @column example: citation of the first of these records in the file
-- @clause SI-3b
WITH marked AS (
  SELECT
    *,
    CASE
      WHEN time IS NULL THEN 'not placed in time'
      WHEN time < TIMESTAMP '1990-01-01T00:00:00Z' THEN 'before 1990'
      WHEN CAST(time AS BIGINT) > CAST(ingested AS BIGINT) + 86400000000 THEN 'after it was taken in'
      WHEN time_basis = 'zone-assumed' THEN 'zone assumed'
      WHEN time_basis = 'year-inferred' THEN 'year inferred'
      WHEN time_basis = 'zone-and-year-assumed' THEN 'zone assumed and year inferred'
      WHEN time_basis = 'carried' THEN 'carried over from the record before'
    END AS reason
  FROM (
    SELECT event_id, time, time_basis, time_offset_min, ingested, source, format, object, byte_offset
    FROM events
    WHERE kind <> 'part'
      AND ($from IS NULL OR time IS NULL OR time >= $from)
      AND ($to IS NULL OR time IS NULL OR time < $to)
      AND ($source IS NULL OR source = $source)
  ) AS timed
),
counted AS (
  SELECT
    source,
    object,
    format,
    time_basis,
    CASE WHEN time_basis IN ('zone-assumed', 'zone-and-year-assumed') THEN time_offset_min END AS assumed_offset_min,
    reason,
    count(*) AS log_records,
    min(time) AS first_time,
    max(time) AS last_time,
    first_value(event_id ORDER BY byte_offset) AS example
  FROM marked
  WHERE reason IS NOT NULL
  GROUP BY
    source,
    object,
    format,
    time_basis,
    CASE WHEN time_basis IN ('zone-assumed', 'zone-and-year-assumed') THEN time_offset_min END,
    reason
),
paths AS (SELECT object, min(path) AS path FROM objects GROUP BY object)
SELECT
  counted.source,
  counted.object,
  paths.path,
  counted.format,
  counted.time_basis,
  counted.assumed_offset_min,
  counted.reason,
  counted.log_records,
  counted.first_time,
  local_time(counted.first_time, $tz) AS first_local,
  counted.last_time,
  local_time(counted.last_time, $tz) AS last_local,
  counted.example
FROM counted
LEFT JOIN paths ON counted.object = paths.object
ORDER BY counted.source, paths.path, counted.object, counted.format, counted.time_basis, counted.assumed_offset_min, counted.reason
