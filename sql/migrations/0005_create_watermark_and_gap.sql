SET LOCAL ROLE owner;

CREATE TABLE ops.watermark (
  consumer text NOT NULL,
  shard_id text NOT NULL,
  sequence_number text NOT NULL,
  arrived_at timestamptz NOT NULL,
  changed_at timestamptz,
  moved_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (consumer, shard_id)
) WITH (fillfactor = 50);

COMMENT ON TABLE ops.watermark IS 'How far a consumer has come: one row a consumer and stream shard, moved in the transaction that writes what it read.';
COMMENT ON COLUMN ops.watermark.consumer IS 'Name of the consumer, such as etl.';
COMMENT ON COLUMN ops.watermark.shard_id IS 'Shard of the stream.';
COMMENT ON COLUMN ops.watermark.sequence_number IS 'Highest sequence number written; everything before it in this shard is written, refused to quarantine, or none of the consumer''s.';
COMMENT ON COLUMN ops.watermark.arrived_at IS 'When that record arrived in the stream.';
COMMENT ON COLUMN ops.watermark.changed_at IS 'Latest at of the changes written from this shard; null before the first.';
COMMENT ON COLUMN ops.watermark.moved_at IS 'When this row last moved; minus arrived_at it is the consumer''s lag.';

CREATE TABLE ops.gap (
  sku text COLLATE "C" NOT NULL,
  location text COLLATE "C" NOT NULL,
  missing int8multirange NOT NULL,
  detected_at timestamptz NOT NULL,
  closed_at timestamptz,
  PRIMARY KEY (sku, location),
  CONSTRAINT gap_closed_check CHECK (isempty(missing) = (closed_at IS NOT NULL))
);

COMMENT ON TABLE ops.gap IS 'Levels whose ledger lacks versions below its highest: one row a level that ever had a gap. A gap opens when a later version arrives first and closes by itself when the missing ones do; one that stays open is a loss.';
COMMENT ON COLUMN ops.gap.sku IS 'Item of the level.';
COMMENT ON COLUMN ops.gap.location IS 'Location of the level.';
COMMENT ON COLUMN ops.gap.missing IS 'Versions that audit.movement lacks; empty when closed.';
COMMENT ON COLUMN ops.gap.detected_at IS 'When the gap was last opened.';
COMMENT ON COLUMN ops.gap.closed_at IS 'When the last missing version arrived; null while open.';

CREATE VIEW ops.open_gap AS
SELECT
  gap.sku,
  gap.location,
  lower(versions) AS first_version,
  upper(versions) - 1 AS last_version,
  gap.detected_at
FROM ops.gap AS gap
CROSS JOIN LATERAL unnest(gap.missing) AS versions;

COMMENT ON VIEW ops.open_gap IS 'One row a run of versions that the ledger lacks now.';
COMMENT ON COLUMN ops.open_gap.sku IS 'Item of the level.';
COMMENT ON COLUMN ops.open_gap.location IS 'Location of the level.';
COMMENT ON COLUMN ops.open_gap.first_version IS 'First missing version of the run.';
COMMENT ON COLUMN ops.open_gap.last_version IS 'Last missing version of the run.';
COMMENT ON COLUMN ops.open_gap.detected_at IS 'When the level''s gap was last opened.';

GRANT INSERT, SELECT, UPDATE ON ops.watermark, ops.gap TO etl;
