-- @title Log records of a quarter, and of the quarter before
-- @about Counts of log records. They are not IS events, incidents or threats: those are registered by people
--   (KZ195-2.7).
-- @about One row for each combination of period, week, category, kind, outcome and source that occurs.
--   Quarter and week are cut on the clock of tz; a week begins on Monday and is named by that day, so that the
--   first and the last week of a quarter may be shared with the quarter next to it, and each counts its own
--   days only.
-- @about Heads are counted: a record of kind part belongs to the event of its head. Unparsed records are
--   counted as kind unparsed.
-- @about Records that are not placed in time belong to no quarter and stand under the period "not placed in
--   time"; from, to and week do not apply to them.
-- @param quarter quarter = last: the quarter; last is the one that ended before the present
-- @param from timestamp = none: first instant, within the two quarters
-- @param to timestamp = none: first instant that is no longer in
-- @param source text = none: only records of this source
-- @param tz zone = archive: zone that quarter and week are cut in
-- @column period: the quarter, the quarter before, or "not placed in time"
-- @column week: Monday of the week, YYYY-MM-DD
-- @column category: os, dbms, network, application, protection
-- @column kind: kind of event
-- @column outcome: success, failure or unknown
-- @column source: system the records came from
-- @column log_records: log records
-- @column time_not_stated: of them, records whose time is assumed, inferred or carried over
-- @column near_boundary: of those, records within one day of a boundary of a period, which may belong to its
--   other side
-- @clause KZ195-17, KZ195-18, KZ199-13, KZ199-14
WITH placed AS (
  SELECT
    CASE
      WHEN time IS NULL THEN 'not placed in time'
      WHEN time < $quarter_from THEN $quarter_before
      ELSE $quarter
    END AS period,
    CAST(date_trunc('week', local_clock(time, $tz)) AS DATE) AS week,
    category,
    kind,
    outcome,
    source,
    CASE WHEN time_basis <> 'stated' THEN 1 ELSE 0 END AS doubtful,
    CASE
      WHEN time_basis <> 'stated' AND (
        time < $quarter_before_from + INTERVAL '1 day'
        OR (time >= $quarter_from - INTERVAL '1 day' AND time < $quarter_from + INTERVAL '1 day')
        OR time >= $quarter_to - INTERVAL '1 day'
      ) THEN 1
      ELSE 0
    END AS near
  FROM events
  WHERE kind <> 'part'
    AND (time IS NULL OR (time >= $quarter_before_from AND time < $quarter_to))
    AND ($from IS NULL OR time IS NULL OR time >= $from)
    AND ($to IS NULL OR time IS NULL OR time < $to)
    AND ($source IS NULL OR source = $source)
)
SELECT
  period,
  CAST(week AS VARCHAR) AS week,
  category,
  kind,
  outcome,
  source,
  count(*) AS log_records,
  sum(doubtful) AS time_not_stated,
  sum(near) AS near_boundary
FROM placed
GROUP BY period, week, category, kind, outcome, source
ORDER BY period, week NULLS LAST, category NULLS LAST, kind, outcome, source
