-- @title Logging that was stopped, cleared, changed or failed
-- @about Logs cleared, overwritten, full or failing; audit policy changed; protection switched off; the
--   service of a logging program stopped; rows of an audit table deleted. A planned restart of a host stops
--   logging as well.
-- @about What stopped is read from what was acted on and from the text; the service that wrote the record down is
--   not it.
-- @about Silence without such a record is shown by silent_periods_by_source.
-- @param from timestamp = none: first instant; records without a time are left out as soon as one bound is
--   given
-- @param to timestamp = none: first instant that is no longer in
-- @param source text = none: only records of this source
-- @param tz zone = archive: zone of local_time
-- @column event_id: citation of the record
-- @column time: when, UTC; no value where the record is not placed in time
-- @column local_time: the same instant on the clock of tz, with its offset
-- @column time_basis: how the instant is known; anything but "stated" is assumed, inferred or carried over
-- @column source: system the record came from
-- @column host: machine named in the record
-- @column why: why the record is here
-- @column kind: what happened
-- @column outcome: success, failure or unknown
-- @column user_name: who acted
-- @column process: program
-- @column service: service that logged the record
-- @column target: what was acted on
-- @column message: text of the record
-- @clause RU-PRIK-3.1, RU-PRIK-4.14, RU-PRIK-4.15, KZ195-A4-1.7, KZ195-A4-28.2
WITH marked AS (
  SELECT
    *,
    CASE
      WHEN kind = 'log.clear' THEN 'log cleared'
      WHEN kind = 'log.overwrite' THEN 'log overwritten'
      WHEN kind = 'log.full' THEN 'log full'
      WHEN kind = 'log.failure' THEN 'logging failed'
      WHEN kind = 'log.policy_change' THEN 'audit or logging policy changed'
      WHEN kind IN ('protection.disable', 'protection.config_change') THEN 'protection switched off or changed'
      WHEN kind IN ('service.stop', 'service.failure', 'process.stop')
        AND regexp_like(
          concat_ws(' ', target, CASE WHEN kind = 'process.stop' THEN process END, message),
          '(^|[^a-z0-9])(auditd|rsyslogd?|syslog-ng|syslogd?|systemd-journald?|journald|eventlog|windows event log|sysmon(64)?|filebeat|winlogbeat|nxlog|fluentd|fluent-bit|osqueryd|wazuh-agent|splunkd)([^a-z0-9]|$)', 'i'
        ) THEN 'logging service stopped'
      WHEN kind IN ('db.delete', 'db.truncate', 'db.drop', 'data.delete', 'object.delete')
        AND regexp_like(concat_ws(' ', target, x_query), '(audit|journal|(^|[^a-z])logs?([^a-z]|$)|_log([^a-z]|$))', 'i')
        THEN 'audit data deleted'
    END AS why
  FROM events
  WHERE kind IN (
    'log.clear', 'log.overwrite', 'log.full', 'log.failure', 'log.policy_change', 'protection.disable',
    'protection.config_change', 'service.stop', 'service.failure', 'process.stop', 'db.delete', 'db.truncate',
    'db.drop', 'data.delete', 'object.delete'
  )
    AND ($from IS NULL OR time >= $from)
    AND ($to IS NULL OR time < $to)
    AND ($source IS NULL OR source = $source)
)
SELECT
  event_id,
  time,
  local_time(time, $tz) AS local_time,
  time_basis,
  source,
  host,
  why,
  kind,
  outcome,
  user_name,
  process,
  service,
  target,
  message
FROM marked
WHERE why IS NOT NULL
ORDER BY time NULLS LAST, source, object, byte_offset
