-- @title Addresses seen for the first time
-- @about The first record of every source address, over everything the archive holds (of the source, if one
--   is given), shown when it falls between from and to. Without "from" every address is new. An address that
--   was seen before the archive begins can not be told from a new one.
-- @about Spellings of one address count as one: ::ffff:192.0.2.7 is 192.0.2.7. Records that are not placed in time take
--   no part, nor do those before 1990 or more than a day after they were taken in: their time is not believed, and
--   would make an address look known (doubtful_times shows them).
-- @param from timestamp = none: first instant
-- @param to timestamp = none: first instant that is no longer in
-- @param source text = none: only records of this source
-- @param tz zone = archive: zone of local_time
-- @column event_id: citation of the record
-- @column time: when, UTC
-- @column local_time: the same instant on the clock of tz, with its offset
-- @column time_basis: how the instant is known; anything but "stated" is assumed, inferred or carried over
-- @column source: system the record came from
-- @column src_ip: the address, in one spelling
-- @column host: machine named in the first record
-- @column kind: what the first record is
-- @column outcome: success, failure or unknown
-- @column user_name: who acted in it
-- @column log_records: records with this address up to "to", each event counted once
-- @column last_time: the last of them, UTC
-- @column message: text of the first record
-- @clause KZ195-A4-3.1, RU-PRIK-4.4.5
WITH numbered AS (
  SELECT
    *,
    row_number() OVER (PARTITION BY src_ip ORDER BY time, source, object, byte_offset) AS position,
    count(*) OVER (PARTITION BY src_ip) AS log_records,
    max(time) OVER (PARTITION BY src_ip) AS last_time
  FROM (
    SELECT
      event_id,
      time,
      time_basis,
      source,
      host,
      kind,
      outcome,
      user_name,
      one_address(src_ip) AS src_ip,
      message,
      object,
      byte_offset
    FROM events
    WHERE kind <> 'part'
      AND src_ip IS NOT NULL
      AND time >= TIMESTAMP '1990-01-01T00:00:00Z'
      AND CAST(time AS BIGINT) <= CAST(ingested AS BIGINT) + 86400000000
      AND ($to IS NULL OR time < $to)
      AND ($source IS NULL OR source = $source)
  ) AS addressed
)
SELECT
  event_id,
  time,
  local_time(time, $tz) AS local_time,
  time_basis,
  source,
  src_ip,
  host,
  kind,
  outcome,
  user_name,
  log_records,
  last_time,
  message
FROM numbered
WHERE position = 1
  AND ($from IS NULL OR time >= $from)
ORDER BY time, source, object, byte_offset
