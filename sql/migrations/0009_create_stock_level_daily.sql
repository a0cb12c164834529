SET LOCAL ROLE owner;

-- Half of each page stays free: a day's row is updated by each batch that moves its level.
CREATE TABLE reporting.stock_level_daily (
  sku text COLLATE "C" NOT NULL,
  location text COLLATE "C" NOT NULL,
  closed_on date NOT NULL,
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
  version bigint NOT NULL CONSTRAINT stock_level_daily_version_check CHECK (version >= 1),
  first_at timestamptz NOT NULL,
  stockout_delta integer NOT NULL,
  stockout_ms bigint NOT NULL,
  PRIMARY KEY (sku, location, closed_on)
) WITH (fillfactor = 50);

CREATE INDEX stock_level_daily_closed_on_idx ON reporting.stock_level_daily (closed_on);

COMMENT ON TABLE reporting.stock_level_daily IS 'Rollup of audit.movement: one row a level and day (UTC) on which it changed, with its quantities at the day''s end. Moved in the ledger''s own transaction, only by movements that were really inserted, so it always equals the ledger.';
COMMENT ON INDEX reporting.stock_level_daily_closed_on_idx IS 'Finds the days of a period.';
COMMENT ON COLUMN reporting.stock_level_daily.sku IS 'Item; case-sensitive.';
COMMENT ON COLUMN reporting.stock_level_daily.location IS 'Location; case-sensitive.';
COMMENT ON COLUMN reporting.stock_level_daily.closed_on IS 'Day (UTC) of the movements'' at.';
COMMENT ON COLUMN reporting.stock_level_daily.on_hand IS 'Physically there after the day''s last change, in base units.';
COMMENT ON COLUMN reporting.stock_level_daily.reserved IS 'Promised to reservations after the day''s last change, in base units.';
COMMENT ON COLUMN reporting.stock_level_daily.incoming IS 'Expected or under way after the day''s last change, in base units.';
COMMENT ON COLUMN reporting.stock_level_daily.damaged IS 'Damaged part of on_hand after the day''s last change, in base units.';
COMMENT ON COLUMN reporting.stock_level_daily.quality_hold IS 'Blocked part of on_hand after the day''s last change, in base units.';
COMMENT ON COLUMN reporting.stock_level_daily.safety IS 'Safety stock after the day''s last change, in base units.';
COMMENT ON COLUMN reporting.stock_level_daily.available IS 'on_hand - reserved - damaged - quality_hold - safety; may be negative.';
COMMENT ON COLUMN reporting.stock_level_daily.backorder_limit IS 'How far below zero available may be sold, in base units.';
COMMENT ON COLUMN reporting.stock_level_daily.sellable IS 'available + backorder_limit; negative only after a count or damage.';
COMMENT ON COLUMN reporting.stock_level_daily.version IS 'Number of the day''s last change that arrived.';
COMMENT ON COLUMN reporting.stock_level_daily.first_at IS 'When the day''s first change was made.';
COMMENT ON COLUMN reporting.stock_level_daily.stockout_delta IS 'How often the level went into stock-out (sellable <= 0) that day, less how often it came out: 1, 0 or -1 once all of the day''s changes are in.';
COMMENT ON COLUMN reporting.stock_level_daily.stockout_ms IS 'Milliseconds from each change that led into stock-out to the day''s end, less those from each that led out of it. For a level that began the day in stock-out the whole day comes on top: together that is the time of the day in stock-out.';

-- All of it is sums, least and greatest, so order and number of deliveries do not matter: a movement tells by itself
-- whether the level was in stock-out before it. A level that was not there before (version 1) was in none.
CREATE FUNCTION reporting.add_to_stock_level_daily(movements audit.movement[])
RETURNS void
LANGUAGE sql
AS $$
  INSERT INTO reporting.stock_level_daily AS daily (
    sku, location, closed_on, on_hand, reserved, incoming, damaged, quality_hold, safety, backorder_limit, version,
    first_at, stockout_delta, stockout_ms
  )
  SELECT DISTINCT ON (sku, location, closed_on)
    sku, location, closed_on, on_hand, reserved, incoming, damaged, quality_hold, safety, backorder_limit, version,
    min(at) OVER of_day,
    sum(stockout_delta) OVER of_day,
    sum(stockout_delta * (1000 * extract(epoch FROM (closed_on + 1)::timestamp AT TIME ZONE 'UTC' - at))) OVER of_day
  FROM unnest(movements) AS movement
  CROSS JOIN LATERAL (
    SELECT
      (at AT TIME ZONE 'UTC')::date AS closed_on,
      sellable - (
        on_hand_delta::bigint - reserved_delta - damaged_delta - quality_hold_delta - safety_delta
        + backorder_limit_delta
      ) AS sellable_before
  ) AS day
  CROSS JOIN LATERAL (
    SELECT (sellable <= 0)::integer - (sellable_before <= 0 AND version > 1)::integer AS stockout_delta
  ) AS stockout
  WINDOW of_day AS (PARTITION BY sku, location, closed_on)
  ORDER BY sku, location, closed_on, version DESC
  ON CONFLICT (sku, location, closed_on) DO UPDATE SET
    on_hand = CASE WHEN excluded.version > daily.version THEN excluded.on_hand ELSE daily.on_hand END,
    reserved = CASE WHEN excluded.version > daily.version THEN excluded.reserved ELSE daily.reserved END,
    incoming = CASE WHEN excluded.version > daily.version THEN excluded.incoming ELSE daily.incoming END,
    damaged = CASE WHEN excluded.version > daily.version THEN excluded.damaged ELSE daily.damaged END,
    quality_hold = CASE WHEN excluded.version > daily.version THEN excluded.quality_hold ELSE daily.quality_hold END,
    safety = CASE WHEN excluded.version > daily.version THEN excluded.safety ELSE daily.safety END,
    backorder_limit =
      CASE WHEN excluded.version > daily.version THEN excluded.backorder_limit ELSE daily.backorder_limit END,
    version = greatest(daily.version, excluded.version),
    first_at = least(daily.first_at, excluded.first_at),
    stockout_delta = daily.stockout_delta + excluded.stockout_delta,
    stockout_ms = daily.stockout_ms + excluded.stockout_ms
$$;
COMMENT ON FUNCTION reporting.add_to_stock_level_daily(audit.movement[]) IS 'Moves reporting.stock_level_daily by movements that it does not hold yet. To make a level''s days anew, delete them and call it with all movements of the level.';

-- Not a statement of the ETL: the version of the ETL that runs while this one is deployed must move the rollup too.
CREATE FUNCTION reporting.roll_up_movements()
RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
  PERFORM reporting.add_to_stock_level_daily(array_agg(inserted::audit.movement)) FROM inserted;
  RETURN NULL;
END
$$;
COMMENT ON FUNCTION reporting.roll_up_movements() IS 'Of the trigger movement_roll_up: moves reporting.stock_level_daily by the movements that a statement inserted.';

CREATE TRIGGER movement_roll_up
AFTER INSERT ON audit.movement
REFERENCING NEW TABLE AS inserted
FOR EACH STATEMENT EXECUTE FUNCTION reporting.roll_up_movements();
COMMENT ON TRIGGER movement_roll_up ON audit.movement IS 'Moves reporting.stock_level_daily.';

GRANT INSERT, SELECT, UPDATE ON reporting.stock_level_daily TO etl;
GRANT EXECUTE ON FUNCTION reporting.add_to_stock_level_daily(audit.movement[]) TO etl;

SELECT reporting.add_to_stock_level_daily(array_agg(movement))
FROM audit.movement AS movement
GROUP BY movement.sku, movement.location;
