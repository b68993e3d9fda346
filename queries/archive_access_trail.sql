-- @title Who read this archive
-- @about Every reading that the archive recorded about itself: announced before the first row was shown,
--   closed by a result after the last. A reading without result was broken off, or is going on. Whoever reads
--   the files with other programs does not stand here.
-- @about A reading has no source of its own: with a source given, only readings whose exact query names it
--   are shown.
-- @param from timestamp = none: first instant
-- @param to timestamp = none: first instant that is no longer in
-- @param source text = none: only readings whose query names this source
-- @param tz zone = archive: zone of local_time
-- @column seq: position of the announcement in the ledger
-- @column time: when it was announced, UTC
-- @column local_time: the same instant on the clock of tz
-- @column person: who
-- @column basis: how that is known: os-account or signed
-- @column host: machine
-- @column command: command
-- @column query: the exact query
-- @column purpose: why, as stated
-- @column case_id: for which case
-- @column rows_shown: rows that were shown
-- @column seconds: how long it took
-- @column ended: how it ended
-- @column digest: digest of the rows shown
-- @column journal: journal that recorded it, where not the archive's own ledger
-- @clause FI-4b, SI-3b
SELECT
  seq,
  time,
  local_time(time, $tz) AS local_time,
  person,
  basis,
  host,
  command,
  query,
  purpose,
  case_id,
  rows AS rows_shown,
  (CAST(result_time AS BIGINT) - CAST(time AS BIGINT)) / 1000000 AS seconds,
  coalesce(ended, 'no result recorded') AS ended,
  digest,
  journal
FROM access
WHERE ($from IS NULL OR time >= $from)
  AND ($to IS NULL OR time < $to)
  AND ($source IS NULL OR strpos(query, $source) > 0)
ORDER BY time, seq
