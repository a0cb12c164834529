SET LOCAL ROLE owner;

-- A fifth of each page stays free, so that updates of a hot level rewrite no index.
CREATE TABLE reporting.stock_level (
  sku text COLLATE "C" NOT NULL,
  location text COLLATE "C" NOT NULL,
  on_hand integer NOT NULL,
  reserved integer NOT NULL,
  incoming integer NOT NULL,
  damaged integer NOT NULL,
  quality_hold integer NOT NULL,
  safety integer NOT NULL,
  available bigint NOT NULL
    GENERATED ALWAYS AS (on_hand::bigint - reserved - damaged - quality_hold - safety) STORED,
  backorder_limit integer NOT NULL,
  sellable bigint NOT NULL
    GENERATED ALWAYS AS (on_hand::bigint - reserved - damaged - quality_hold - safety + backorder_limit) STORED,
  version bigint NOT NULL CONSTRAINT stock_level_version_check CHECK (version >= 1),
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (sku, location)
) WITH (fillfactor = 80);

CREATE INDEX stock_level_location_sku_idx ON reporting.stock_level (location, sku);

COMMENT ON TABLE reporting.stock_level IS 'Current stock: one row a level (sku, location). Source: the change stream, upserted only by a higher version; fresh within 30 s in normal running.';
COMMENT ON INDEX reporting.stock_level_location_sku_idx IS 'Lists the levels of a location.';
COMMENT ON COLUMN reporting.stock_level.sku IS 'Item; case-sensitive.';
COMMENT ON COLUMN reporting.stock_level.location IS 'Location; case-sensitive.';
COMMENT ON COLUMN reporting.stock_level.on_hand IS 'Physically there, in base units.';
COMMENT ON COLUMN reporting.stock_level.reserved IS 'Promised to reservations, in base units.';
COMMENT ON COLUMN reporting.stock_level.incoming IS 'Expected or under way, in base units.';
COMMENT ON COLUMN reporting.stock_level.damaged IS 'Damaged part of on_hand, in base units.';
COMMENT ON COLUMN reporting.stock_level.quality_hold IS 'Blocked part of on_hand, in base units.';
COMMENT ON COLUMN reporting.stock_level.safety IS 'Safety stock, in base units.';
COMMENT ON COLUMN reporting.stock_level.available IS 'on_hand - reserved - damaged - quality_hold - safety; may be negative.';
COMMENT ON COLUMN reporting.stock_level.backorder_limit IS 'How far below zero available may be sold, in base units.';
COMMENT ON COLUMN reporting.stock_level.sellable IS 'available + backorder_limit; negative only after a count or damage.';
COMMENT ON COLUMN reporting.stock_level.version IS 'Number of the level''s last change that arrived.';
COMMENT ON COLUMN reporting.stock_level.updated_at IS 'When that change was made.';

GRANT INSERT, SELECT, UPDATE ON reporting.stock_level TO etl;

CREATE TABLE reporting.stock_movement_daily (
  sku text COLLATE "C" NOT NULL,
  location text COLLATE "C" NOT NULL,
  moved_on date NOT NULL,
  kind text NOT NULL,
  movement_count bigint NOT NULL,
  on_hand_delta bigint NOT NULL,
  reserved_delta bigint NOT NULL,
  incoming_delta bigint NOT NULL,
  damaged_delta bigint NOT NULL,
  quality_hold_delta bigint NOT NULL,
  safety_delta bigint NOT NULL,
  backorder_limit_delta bigint NOT NULL,
  PRIMARY KEY (sku, location, moved_on, kind)
) WITH (fillfactor = 80);

CREATE INDEX stock_movement_daily_moved_on_idx ON reporting.stock_movement_daily (moved_on);

COMMENT ON TABLE reporting.stock_movement_daily IS 'Rollup of audit.movement: one row a level, day and kind. Moved in the ledger''s own transaction, only by movements that were really inserted, so it always equals the ledger''s sums.';
COMMENT ON INDEX reporting.stock_movement_daily_moved_on_idx IS 'Finds the days of a period.';
COMMENT ON COLUMN reporting.stock_movement_daily.sku IS 'Item; case-sensitive.';
COMMENT ON COLUMN reporting.stock_movement_daily.location IS 'Location; case-sensitive.';
COMMENT ON COLUMN reporting.stock_movement_daily.moved_on IS 'Day (UTC) of the movements'' at.';
COMMENT ON COLUMN reporting.stock_movement_daily.kind IS 'Kind of the movements.';
COMMENT ON COLUMN reporting.stock_movement_daily.movement_count IS 'Number of movements.';
COMMENT ON COLUMN reporting.stock_movement_daily.on_hand_delta IS 'Sum of their changes of on_hand, in base units.';
COMMENT ON COLUMN reporting.stock_movement_daily.reserved_delta IS 'Sum of their changes of reserved, in base units.';
COMMENT ON COLUMN reporting.stock_movement_daily.incoming_delta IS 'Sum of their changes of incoming, in base units.';
COMMENT ON COLUMN reporting.stock_movement_daily.damaged_delta IS 'Sum of their changes of damaged, in base units.';
COMMENT ON COLUMN reporting.stock_movement_daily.quality_hold_delta IS 'Sum of their changes of quality_hold, in base units.';
COMMENT ON COLUMN reporting.stock_movement_daily.safety_delta IS 'Sum of their changes of safety, in base units.';
COMMENT ON COLUMN reporting.stock_movement_daily.backorder_limit_delta IS 'Sum of their changes of backorder_limit, in base units.';

GRANT INSERT, SELECT, UPDATE ON reporting.stock_movement_daily TO etl;
