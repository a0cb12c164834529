SET LOCAL ROLE owner;

-- A quiet shard held the instant back, for days where a stream has more shards than traffic. A shard holds it back now
-- while it catches up: it moves, but what it writes arrived more than 30 s ago. One that stands still has either
-- nothing to bring, or cannot move at all, which the alarm on the stream's iterator age tells.
CREATE OR REPLACE VIEW reporting.freshness AS
SELECT
  least(
    min(watermark.changed_at) FILTER (
      WHERE watermark.moved_at > now() - interval '1 minute'
        AND watermark.moved_at - watermark.arrived_at > interval '30 seconds'
    ),
    max(watermark.changed_at)
  ) AS as_of
FROM ops.watermark AS watermark
WHERE watermark.consumer = 'etl';

COMMENT ON COLUMN reporting.freshness.as_of IS 'Changes made up to this instant are in (the stream may deliver a few a moment later); the least of the shards that are catching up, else the latest change written; null before the first change.';
