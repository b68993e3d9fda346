-- @title Silent periods of each source
-- @about A stretch without any record of a source that holds at least one hour in which a record was to be
--   expected: one where the same weekday and hour (on the clock of tz) had records in at least three of the
--   four weeks before. The stretch reaches from the last record before to the first record after.
-- @about The rhythm of the source list says how long a stretch must be to count: an hour for hourly, a day for
--   daily and working-days and for a source without a rhythm, a week for weekly, 31 days for monthly. An irregular
--   source is never silent here.
-- @about Records before 1990 or more than a day after they were taken in have no believable time and take no part
--   (doubtful_times shows them).
-- @about The first three weeks of a source can not be judged, and neither can what lies after four silent
--   weeks. Hours that the clock leaps over are not expected. Records that are not placed in time take no part.
--   Silence ends with the last record of any source, or with "to".
-- @param from timestamp = none: leave out stretches that ended before this instant
-- @param to timestamp = none: first instant that is no longer looked at
-- @param source text = none: only this source
-- @param tz zone = archive: zone of weekday, hour and the local columns
-- @column source: the source
-- @column silent_from: last record before the stretch, UTC
-- @column silent_from_local: the same on the clock of tz
-- @column silent_to: first record after it, UTC; no value where none came any more
-- @column silent_to_local: the same on the clock of tz
-- @column hours: length in hours, to the first record after it or to the end of what is looked at
-- @column expected_hours: hours in it in which records were to be expected
-- @column first_expected_hour: the first of them, on the clock of tz
-- @clause RU-PRIK-4.14, RU-PRIK-4.15
WITH hours AS (
  SELECT
    source,
    date_trunc('hour', local_clock(time, $tz)) AS hour,
    min(time) AS first_time,
    max(time) AS last_time,
    max(ingested) AS ingested
  FROM events
  WHERE time >= TIMESTAMP '1990-01-01T00:00:00Z'
    AND time <= ingested + INTERVAL '1 day'
    AND ($to IS NULL OR time < $to)
  GROUP BY source, date_trunc('hour', local_clock(time, $tz))
),
horizon AS (
  SELECT least(max(last_time), max(ingested)) AS last_time, min(first_time) AS first_time FROM hours
),
clock AS (
  SELECT DISTINCT date_trunc('hour', local_clock(moment, $tz)) AS hour
  FROM (
    SELECT unnest(generate_series(
      date_trunc('hour', first_time), last_time, INTERVAL '30 minutes'
    )) AS moment
    FROM horizon
  ) AS moments
),
patience AS (
  SELECT
    source,
    CASE
      WHEN rhythm = 'hourly' THEN 1
      WHEN rhythm = 'weekly' THEN 7 * 24
      WHEN rhythm = 'monthly' THEN 31 * 24
      WHEN rhythm = 'irregular' THEN 1000000
      ELSE 24
    END AS patience_hours
  FROM sources
),
weeks AS (
  SELECT unnest([INTERVAL '7 days', INTERVAL '14 days', INTERVAL '21 days', INTERVAL '28 days']) AS step
),
usual AS (
  SELECT hours.source, hours.hour + weeks.step AS hour, count(*) AS times
  FROM hours CROSS JOIN weeks
  WHERE $source IS NULL OR hours.source = $source
  GROUP BY hours.source, hours.hour + weeks.step
  HAVING count(*) >= 3
),
expected AS (
  SELECT usual.source, usual.hour
  FROM usual
  JOIN clock ON usual.hour = clock.hour
  CROSS JOIN horizon
  LEFT ANTI JOIN hours ON usual.source = hours.source AND usual.hour = hours.hour
  WHERE usual.hour + INTERVAL '1 hour' <= local_clock(coalesce($to, horizon.last_time), $tz)
),
line AS (
  SELECT source, hour, first_time, last_time FROM hours
  WHERE $source IS NULL OR source = $source
  UNION ALL
  SELECT source, hour, NULL, NULL FROM expected
),
surrounded AS (
  SELECT
    source,
    hour,
    first_time,
    max(last_time) OVER (
      PARTITION BY source ORDER BY hour ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS silent_from,
    min(first_time) OVER (
      PARTITION BY source ORDER BY hour ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING
    ) AS silent_to
  FROM line
)
SELECT
  surrounded.source AS source,
  silent_from,
  local_time(silent_from, $tz) AS silent_from_local,
  silent_to,
  local_time(silent_to, $tz) AS silent_to_local,
  (CAST(coalesce(silent_to, $to, horizon.last_time) AS BIGINT) - CAST(silent_from AS BIGINT)) / 3600000000 AS hours,
  count(*) AS expected_hours,
  min(hour) AS first_expected_hour
FROM surrounded CROSS JOIN horizon
LEFT JOIN patience ON surrounded.source = patience.source
WHERE surrounded.first_time IS NULL
  AND ($from IS NULL OR silent_to IS NULL OR silent_to > $from)
  AND CAST(coalesce(silent_to, $to, horizon.last_time) AS BIGINT) - CAST(silent_from AS BIGINT)
    >= coalesce(patience.patience_hours, 24) * 3600000000
GROUP BY surrounded.source, silent_from, silent_to, horizon.last_time
ORDER BY source, silent_from
