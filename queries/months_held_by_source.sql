-- @title Months held without a hole, by source
-- @about For every source: first and last record, days without any record between its first record and the
--   day of "at", and how many whole calendar months before the month of "at" hang together without such a day.
--   A month counts when every day on which the source is expected to write has a record: every day, unless the
--   source list gives the rhythm working-days or workdays (Monday to Friday, holidays not known here), or weekly, monthly
--   or irregular (one record in the month is enough).
-- @about A time before 1990 or more than a day after the record was taken in is not believed: the record counts as
--   not placed in time.
-- @about The month of "at" is not complete and is not counted, but a missing day in it breaks the row of
--   months that reaches up to "at".
-- @about What was never handed over can not be seen here. Without a source list, or for a source that stands
--   in none, completeness of sources is not shown.
-- @param at timestamp = now: the day up to which months must be held; that day itself need not have a record
-- @param floor integer = 6: months that must be held
-- @param from timestamp = none: leave out records before this instant
-- @param to timestamp = none: leave out records from this instant on
-- @param source text = none: only this source
-- @param tz zone = archive: zone that days and months are cut in
-- @column source: the source
-- @column category: its category, as the source list or else its records give it
-- @column rhythm: how often it is expected to write
-- @column records: records with a time
-- @column not_placed_in_time: records without a time, which prove nothing here
-- @column first_time: first record, UTC
-- @column first_local: the same on the clock of tz
-- @column last_time: last record before "at", UTC
-- @column last_local: the same on the clock of tz
-- @column expected_days: days from the first record up to "at" on which a record is expected
-- @column missing_days: of them, days without a record
-- @column first_missing_day: the earliest of them
-- @column last_missing_day: the latest of them
-- @column unbroken_months: whole calendar months without a hole, counted back from "at"
-- @column held_since: first of these months, YYYY-MM
-- @column floor_met: whether unbroken_months reaches the floor
-- @column completeness: what is known of the completeness of sources
-- @clause KZ195-A4-1, RU-PRIK-4.1.1
WITH records AS (
  SELECT source, category, time, CAST(local_clock(time, $tz) AS DATE) AS day
  FROM (
    SELECT
      source,
      category,
      CASE
        WHEN time >= TIMESTAMP '1990-01-01T00:00:00Z'
          AND CAST(time AS BIGINT) <= CAST(ingested AS BIGINT) + 86400000000
        THEN time
      END AS time
    FROM events
  ) AS believed
  WHERE ($source IS NULL OR source = $source)
    AND ($from IS NULL OR time IS NULL OR time >= $from)
    AND ($to IS NULL OR time IS NULL OR time < $to)
    AND (time IS NULL OR time < $at)
),
seen AS (
  SELECT
    source,
    min(category) AS category,
    count(time) AS records,
    count(*) - count(time) AS not_placed_in_time,
    min(time) AS first_time,
    max(time) AS last_time,
    min(day) AS first_day
  FROM records
  GROUP BY source
),
registered AS (
  SELECT source, category, rhythm, declared
  FROM sources
  WHERE $source IS NULL OR source = $source
),
listed AS (SELECT count(*) AS number FROM sources WHERE declared),
all_sources AS (
  SELECT
    coalesce(registered.source, seen.source) AS source,
    coalesce(registered.category, seen.category) AS category,
    coalesce(registered.rhythm, 'daily') AS rhythm,
    coalesce(registered.declared, false) AS declared,
    coalesce(seen.records, 0) AS records,
    coalesce(seen.not_placed_in_time, 0) AS not_placed_in_time,
    seen.first_time,
    seen.last_time,
    seen.first_day
  FROM seen
  FULL JOIN registered ON seen.source = registered.source
),
at_day AS (SELECT CAST(local_clock($at, $tz) AS DATE) AS day),
calendar AS (
  SELECT
    all_sources.source,
    all_sources.rhythm,
    all_sources.first_day,
    unnest(generate_series(
      CAST(date_trunc('month', all_sources.first_day) AS DATE), at_day.day - INTERVAL '1 day', INTERVAL '1 day'
    )) AS moment
  FROM at_day CROSS JOIN all_sources
  WHERE all_sources.first_day IS NOT NULL
),
days AS (
  SELECT source, rhythm, first_day, CAST(moment AS DATE) AS day, CAST(date_trunc('month', moment) AS DATE) AS month
  FROM calendar
),
days_seen AS (SELECT source, day, count(*) AS records FROM records WHERE day IS NOT NULL GROUP BY source, day),
judged AS (
  SELECT
    days.source,
    days.month,
    days.day,
    days.first_day,
    days_seen.records IS NOT NULL AS present,
    CASE
      WHEN days.rhythm = 'daily' OR starts_with(days.rhythm, 'hourly') OR strpos(days.rhythm, '/') > 0 THEN true
      WHEN days.rhythm IN ('working-days', 'workdays') THEN date_part('dow', days.day) BETWEEN 1 AND 5
      ELSE false
    END AS expected
  FROM days
  LEFT JOIN days_seen ON days.source = days_seen.source AND days.day = days_seen.day
),
by_source AS (
  SELECT
    source,
    sum(CASE WHEN expected AND day >= first_day THEN 1 ELSE 0 END) AS expected_days,
    sum(CASE WHEN expected AND day >= first_day AND NOT present THEN 1 ELSE 0 END) AS missing_days,
    min(CASE WHEN expected AND day >= first_day AND NOT present THEN day END) AS first_missing_day,
    max(CASE WHEN expected AND day >= first_day AND NOT present THEN day END) AS last_missing_day
  FROM judged
  GROUP BY source
),
by_month AS (
  SELECT
    judged.source,
    judged.month,
    judged.month = CAST(date_trunc('month', at_day.day) AS DATE) AS running,
    sum(CASE WHEN expected AND NOT present THEN 1 ELSE 0 END) > 0
      OR (
        sum(CASE WHEN present THEN 1 ELSE 0 END) = 0
        AND judged.month <> CAST(date_trunc('month', at_day.day) AS DATE)
      ) AS broken
  FROM at_day CROSS JOIN judged
  GROUP BY judged.source, judged.month, at_day.day
),
chained AS (
  SELECT
    *,
    sum(CASE WHEN broken THEN 1 ELSE 0 END) OVER (
      PARTITION BY source ORDER BY month DESC ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS breaks
  FROM by_month
),
held AS (
  SELECT source, count(*) AS unbroken_months, min(month) AS held_since
  FROM chained
  WHERE breaks = 0 AND NOT running
  GROUP BY source
)
SELECT
  all_sources.source,
  all_sources.category,
  all_sources.rhythm,
  all_sources.records,
  all_sources.not_placed_in_time,
  all_sources.first_time,
  local_time(all_sources.first_time, $tz) AS first_local,
  all_sources.last_time,
  local_time(all_sources.last_time, $tz) AS last_local,
  by_source.expected_days,
  by_source.missing_days,
  by_source.first_missing_day,
  by_source.last_missing_day,
  coalesce(held.unbroken_months, 0) AS unbroken_months,
  substr(CAST(held.held_since AS VARCHAR), 1, 7) AS held_since,
  coalesce(held.unbroken_months, 0) >= $floor AS floor_met,
  CASE
    WHEN listed.number = 0 THEN 'completeness of sources not shown'
    WHEN all_sources.declared THEN 'in the source list'
    ELSE 'not in the source list'
  END AS completeness
FROM all_sources
CROSS JOIN listed
LEFT JOIN by_source ON all_sources.source = by_source.source
LEFT JOIN held ON all_sources.source = held.source
ORDER BY all_sources.source
