SET LOCAL ROLE owner;

CREATE VIEW reporting.feed AS
SELECT
  watermark.consumer AS name,
  max(greatest(extract(epoch FROM watermark.moved_at - watermark.arrived_at), 0))
    FILTER (WHERE watermark.moved_at > now() - interval '1 minute')
    ::double precision AS lag_seconds,
  -- A quiet shard does not hold it back, one that catches up does: see 0007.
  least(
    min(watermark.changed_at) FILTER (
      WHERE watermark.moved_at > now() - interval '1 minute'
        AND watermark.moved_at - watermark.arrived_at > interval '30 seconds'
    ),
    max(watermark.changed_at)
  ) AS as_of,
  max(watermark.moved_at) AS moved_at
FROM ops.watermark AS watermark
GROUP BY watermark.consumer;

COMMENT ON VIEW reporting.feed IS 'How the change stream reaches SQL: one row a consumer of it. A feed without traffic and one that is stuck look alike here; the alarm on the stream''s iterator age tells them apart.';
COMMENT ON COLUMN reporting.feed.name IS 'Name of the consumer: etl.';
COMMENT ON COLUMN reporting.feed.lag_seconds IS 'How long after their arrival in the stream the last records were written, in seconds: the largest of the shards that moved within the last minute; null when none did.';
COMMENT ON COLUMN reporting.feed.as_of IS 'Changes made up to this instant are in; the least of the shards that are catching up, else the latest change written; null before the first change.';
COMMENT ON COLUMN reporting.feed.moved_at IS 'When anything was last written.';

CREATE OR REPLACE VIEW reporting.freshness AS
SELECT (SELECT feed.as_of FROM reporting.feed AS feed WHERE feed.name = 'etl') AS as_of;

CREATE VIEW reporting.open_gap AS
SELECT gap.sku, gap.location, gap.first_version, gap.last_version, gap.detected_at
FROM ops.open_gap AS gap;

COMMENT ON VIEW reporting.open_gap IS 'One row a run of versions that the ledger lacks now. It closes by itself within seconds; one that is minutes old is a loss.';
COMMENT ON COLUMN reporting.open_gap.sku IS 'Item of the level.';
COMMENT ON COLUMN reporting.open_gap.location IS 'Location of the level.';
COMMENT ON COLUMN reporting.open_gap.first_version IS 'First missing version of the run.';
COMMENT ON COLUMN reporting.open_gap.last_version IS 'Last missing version of the run.';
COMMENT ON COLUMN reporting.open_gap.detected_at IS 'When the level''s gap was last opened.';
