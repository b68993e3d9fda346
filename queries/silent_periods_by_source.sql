-- @title Silent periods of each source
-- @about A stretch without any record of a source in which records were to be expected. An hour is expected to
--   have one where the same weekday and hour (on the clock of tz) had records in at least three of the four weeks
--   before. The stretch reaches from the last record before to the first record after.
-- @about The rhythm of the source list says how long a stretch must be to count: an hour for hourly, a day for
--   daily and working-days and for a source without a rhythm, a week for weekly, 31 days for monthly. An irregular
--   source is never silent here.
-- @about An hourly source is held to every expected hour. Any other is judged by its own regularity: of all hours in
--   which it was to be expected it misses some share (a stretch of any length counts as one miss), and a stretch
--   counts when missing so many in a row by that share alone would happen less often than once in a thousand. So
--   one quiet hour of a source that keeps nine hours of ten tells nothing, and four in a row do.
-- @about Public holidays are not known here: a source that rests on them is silent then, and others that rest
--   with it are counted in silent_beside.
-- @about Records before 1990 or more than a day after they were taken in have no believable time and take no part
--   (doubtful_times shows them).
-- @about The first three weeks of a source can not be judged, and neither can what lies after four silent
--   weeks. Hours that the clock of tz leaps over are not expected, nor are the hours that the clock of the source
--   goes through twice: a record that states no offset may belong to either. Records that are not placed in time take
--   no part. Silence ends with the last record of any source, or with "to".
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
-- @column missed_permille: share of misses among the hours in which the source was to be expected, in thousandths; a
--   stretch of several hours counts as one
-- @column silent_beside: other sources with a silent period that overlaps; none are counted when source is given
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
    AND CAST(time AS BIGINT) <= CAST(ingested AS BIGINT) + 86400000000
    AND ($to IS NULL OR time < $to)
  GROUP BY source, date_trunc('hour', local_clock(time, $tz))
),
horizon AS (
  SELECT least(max(last_time), max(ingested)) AS last_time, min(first_time) AS first_time FROM hours
),
moments AS (
  SELECT unnest(generate_series(
    date_trunc('hour', first_time), last_time, INTERVAL '30 minutes'
  )) AS moment
  FROM horizon
),
clock AS (
  SELECT DISTINCT date_trunc('hour', local_clock(moment, $tz)) AS hour FROM moments
),
zones AS (
  SELECT DISTINCT zone FROM sources WHERE zone IS NOT NULL
),
twice AS (
  SELECT DISTINCT zones.zone, date_trunc('hour', local_clock(moments.moment, $tz)) AS hour
  FROM zones CROSS JOIN moments
  WHERE local_clock(moments.moment, zones.zone) >= local_clock(moments.moment + INTERVAL '1 hour', zones.zone)
    OR local_clock(moments.moment, zones.zone) <= local_clock(moments.moment - INTERVAL '1 hour', zones.zone)
),
register AS (
  SELECT
    source,
    zone,
    rhythm = 'hourly' AS is_hourly,
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
  SELECT hours.source, hours.hour + weeks.step AS hour
  FROM weeks CROSS JOIN hours
  WHERE $source IS NULL OR hours.source = $source
  GROUP BY hours.source, hours.hour + weeks.step
  HAVING count(*) >= 3
),
due AS (
  SELECT
    usual.source,
    usual.hour,
    hours.source IS NULL AS is_missed,
    sum(CASE WHEN hours.source IS NULL THEN 0 ELSE 1 END) OVER (PARTITION BY usual.source) AS kept_hours
  FROM horizon
  CROSS JOIN usual
  JOIN clock ON usual.hour = clock.hour
  LEFT JOIN register ON usual.source = register.source
  LEFT JOIN hours ON usual.source = hours.source AND usual.hour = hours.hour
  LEFT ANTI JOIN twice ON register.zone = twice.zone AND usual.hour = twice.hour
  WHERE usual.hour + INTERVAL '1 hour' <= local_clock(coalesce($to, horizon.last_time), $tz)
),
line AS (
  SELECT source, hour, first_time, last_time, NULL AS kept_hours FROM hours
  WHERE $source IS NULL OR source = $source
  UNION ALL
  SELECT source, hour, NULL, NULL, kept_hours FROM due WHERE is_missed
),
surrounded AS (
  SELECT
    source,
    hour,
    first_time,
    kept_hours,
    max(last_time) OVER (
      PARTITION BY source ORDER BY hour ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS silent_from,
    min(first_time) OVER (
      PARTITION BY source ORDER BY hour ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING
    ) AS silent_to
  FROM line
),
stretches AS (
  SELECT
    surrounded.source AS source,
    silent_from,
    silent_to,
    coalesce(silent_to, $to, horizon.last_time) AS silent_end,
    kept_hours,
    count(*) AS expected_hours,
    min(hour) AS first_expected_hour
  FROM horizon CROSS JOIN surrounded
  WHERE surrounded.first_time IS NULL
  GROUP BY surrounded.source, silent_from, silent_to, kept_hours, horizon.last_time
),
measured AS (
  SELECT *, count(*) OVER (PARTITION BY source) AS misses FROM stretches
),
silent AS (
  SELECT
    measured.source,
    silent_from,
    silent_to,
    silent_end,
    expected_hours,
    first_expected_hour,
    1000 * misses / (kept_hours + misses) AS missed_permille
  FROM measured
  LEFT JOIN register ON measured.source = register.source
  WHERE CAST(silent_end AS BIGINT) - CAST(silent_from AS BIGINT) >= coalesce(patience_hours, 24) * 3600000000
    AND (
      coalesce(is_hourly, false)
      OR power(CAST(misses + 1 AS DOUBLE) / CAST(kept_hours + misses + 2 AS DOUBLE), expected_hours) < 0.001
    )
),
gathered AS (
  SELECT
    *,
    array_agg(named_struct('source', source, 'begin', silent_from, 'end', silent_end)) OVER () AS everyone
  FROM silent
),
beside AS (
  SELECT
    source,
    silent_from,
    silent_to,
    silent_end,
    expected_hours,
    first_expected_hour,
    missed_permille,
    unnest(everyone) AS other
  FROM gathered
)
SELECT
  source,
  silent_from,
  local_time(silent_from, $tz) AS silent_from_local,
  silent_to,
  local_time(silent_to, $tz) AS silent_to_local,
  (CAST(silent_end AS BIGINT) - CAST(silent_from AS BIGINT)) / 3600000000 AS hours,
  expected_hours,
  first_expected_hour,
  missed_permille,
  count(DISTINCT CASE
    WHEN source <> other['source'] AND silent_from < other['end'] AND other['begin'] < silent_end
    THEN other['source']
  END) AS silent_beside
FROM beside
WHERE $from IS NULL OR silent_to IS NULL OR silent_to > $from
GROUP BY source, silent_from, silent_to, silent_end, expected_hours, first_expected_hour, missed_permille
ORDER BY source, silent_from
