-- @title Clocks that do not agree
-- @about Two sources that record the same connection name the same address and port of the one who connects. The
--   first record of each such connection in either source is compared; an hour's pause begins a new connection. What
--   is shown is the difference in the middle, and the quarters below and above it.
-- @about A source's clock is said to be off where all its pairs (of at least ten connections) are off by more than the
--   limit, and by the same: half of all differences lie within a tenth of it, or ten seconds. Of two sources that have
--   only each other, either may be the one.
-- @about Programs write the same connection down at different moments (when it begins, when it is let in), so small
--   differences mean nothing. Differences of more than an hour are not found in this way.
-- @param from timestamp = none: first instant
-- @param to timestamp = none: first instant that is no longer in
-- @param source text = none: only pairs of this source
-- @param tz zone = archive: zone of the local columns
-- @param limit duration = 30s: differences up to this are no finding
-- @param sample integer = 1: of very many connections only those from ports that this number divides
-- @column source: the source
-- @column other: the source that it is compared with
-- @column connections: how many connections both recorded
-- @column first_local: when source recorded the first of them, on the clock of tz
-- @column last_local: when it recorded the last of them
-- @column behind_s: seconds by which source is behind other, in the middle; less than 0 where it is ahead
-- @column lower_s: the quarter below
-- @column upper_s: the quarter above
-- @column verdict: agrees; differs, where the difference counts; odd, where it does and source differs by the same from
--   every other that it is compared with, at least two
-- @clause SI-3b, FI-5b, RU-PRIK-4.1.6, RU-PRIK-4.18
WITH seen AS (
  SELECT
    source,
    src_ip,
    src_port,
    time,
    lag(time) OVER (PARTITION BY source, src_ip, src_port ORDER BY time) AS before
  FROM events
  WHERE src_ip IS NOT NULL
    AND src_port IS NOT NULL
    AND time IS NOT NULL
    AND src_port % $sample = 0
    AND ($from IS NULL OR time >= $from)
    AND ($to IS NULL OR time < $to)
),
connections AS (
  SELECT source, src_ip, src_port, time
  FROM seen
  WHERE before IS NULL OR time - before > INTERVAL '1 hour'
),
pairs AS (
  SELECT
    one.source AS source,
    other.source AS other,
    one.time AS time,
    (CAST(other.time AS BIGINT) - CAST(one.time AS BIGINT)) / 1000000 AS seconds
  FROM connections AS one
  JOIN connections AS other
    ON one.src_ip = other.src_ip
    AND one.src_port = other.src_port
    AND one.source <> other.source
    AND other.time - one.time BETWEEN INTERVAL '-1 hour' AND INTERVAL '1 hour'
),
ranked AS (
  SELECT
    source,
    other,
    time,
    seconds,
    row_number() OVER (PARTITION BY source, other ORDER BY seconds) AS place,
    count(*) OVER (PARTITION BY source, other) AS connections
  FROM pairs
),
middles AS (
  SELECT
    source,
    other,
    connections,
    min(time) AS first_time,
    max(time) AS last_time,
    max(CASE WHEN place = (connections + 1) / 2 THEN seconds END) AS behind_s,
    max(CASE WHEN place = (connections + 3) / 4 THEN seconds END) AS lower_s,
    max(CASE WHEN place = (3 * connections + 3) / 4 THEN seconds END) AS upper_s
  FROM ranked
  WHERE connections >= 10
  GROUP BY source, other, connections
),
judged AS (
  SELECT
    *,
    to_timestamp_seconds(abs(behind_s)) > to_timestamp_seconds(0) + $limit
      AND upper_s - lower_s <= greatest(10, abs(behind_s) / 10) AS is_off
  FROM middles
),
odd AS (
  SELECT
    source,
    bool_and(is_off) AND count(*) >= 2
      AND max(behind_s) - min(behind_s) <= greatest(10, abs(max(behind_s)) / 10) AS is_odd
  FROM judged
  GROUP BY source
)
SELECT
  judged.source,
  other,
  connections,
  local_time(first_time, $tz) AS first_local,
  local_time(last_time, $tz) AS last_local,
  behind_s,
  lower_s,
  upper_s,
  CASE WHEN is_odd THEN 'odd' WHEN is_off THEN 'differs' ELSE 'agrees' END AS verdict
FROM judged JOIN odd ON judged.source = odd.source
WHERE $source IS NULL OR judged.source = $source
ORDER BY judged.source, other
