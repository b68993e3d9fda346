-- @title Records that could not be read, by file
-- @about Files with at least one unparsed record. Every such record is kept with its bytes and can be
--   searched and cited; example leads to the first one in the file. Records whose file has none are not shown.
-- @about An unparsed record rarely has a time: with from or to, those without one are still counted.
-- @param from timestamp = none: first instant
-- @param to timestamp = none: first instant that is no longer in
-- @param source text = none: only records of this source
-- @param tz zone = archive: zone of first_local
-- @column source: system the file belongs to
-- @column path: path the file came by, where the register of objects has it
-- @column object: SHA-256 of the file's bytes
-- @column format: format that read the file
-- @column records: records of the file
-- @column unparsed: of them, records that could not be read
-- @column share_percent: their share
-- @column unparsed_bytes: their bytes
-- @column first_time: earliest time among them, UTC
-- @column first_local: the same on the clock of tz
-- @column example: citation of the first of them
-- @clause KZ195-10.1.1
WITH counted AS (
  SELECT
    source,
    object,
    format,
    count(*) AS records,
    sum(CASE WHEN kind = 'unparsed' THEN 1 ELSE 0 END) AS unparsed,
    sum(CASE WHEN kind = 'unparsed' THEN byte_length ELSE 0 END) AS unparsed_bytes,
    min(CASE WHEN kind = 'unparsed' THEN time END) AS first_time,
    min(CASE WHEN kind = 'unparsed' THEN byte_offset END) AS first_offset
  FROM events
  WHERE ($from IS NULL OR time IS NULL OR time >= $from)
    AND ($to IS NULL OR time IS NULL OR time < $to)
    AND ($source IS NULL OR source = $source)
  GROUP BY source, object, format
),
paths AS (SELECT object, min(path) AS path FROM objects GROUP BY object)
SELECT
  counted.source,
  paths.path,
  counted.object,
  counted.format,
  counted.records,
  counted.unparsed,
  round(100.0 * counted.unparsed / counted.records, 2) AS share_percent,
  counted.unparsed_bytes,
  counted.first_time,
  local_time(counted.first_time, $tz) AS first_local,
  concat(substr(counted.object, 1, 20), '-', to_hex(counted.first_offset)) AS example
FROM counted
LEFT JOIN paths ON counted.object = paths.object
WHERE counted.unparsed > 0
ORDER BY counted.source, paths.path, counted.object, counted.format
