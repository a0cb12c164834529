SET LOCAL ROLE owner;

CREATE VIEW reporting.stock_on_hand_daily AS
SELECT
  day.closed_on,
  level.sku,
  level.location,
  closing.on_hand,
  closing.reserved,
  closing.incoming,
  closing.damaged,
  closing.quality_hold,
  closing.safety,
  closing.available,
  closing.backorder_limit,
  closing.sellable
FROM (
  SELECT day_at::date AS closed_on
  FROM generate_series(
    (SELECT min(daily.closed_on) FROM reporting.stock_level_daily AS daily)::timestamp,
    (now() AT TIME ZONE 'UTC')::date::timestamp,
    interval '1 day'
  ) AS day_at
) AS day
CROSS JOIN reporting.stock_level AS level
CROSS JOIN LATERAL (
  SELECT
    daily.on_hand,
    daily.reserved,
    daily.incoming,
    daily.damaged,
    daily.quality_hold,
    daily.safety,
    daily.available,
    daily.backorder_limit,
    daily.sellable
  FROM reporting.stock_level_daily AS daily
  WHERE daily.sku = level.sku AND daily.location = level.location AND daily.closed_on <= day.closed_on
  ORDER BY daily.closed_on DESC
  LIMIT 1
) AS closing;

COMMENT ON VIEW reporting.stock_on_hand_daily IS 'The report stock-on-hand-daily: one row a day (UTC) and level, from the day of the level''s first change to today, with its quantities at the day''s end; a day without a change carries the last one forward, today shows what it is now. Ask for a period: it has a row for every level on every day. From reporting.stock_level_daily.';
COMMENT ON COLUMN reporting.stock_on_hand_daily.closed_on IS 'Day (UTC) at whose end the quantities held.';
COMMENT ON COLUMN reporting.stock_on_hand_daily.sku IS 'Item; case-sensitive.';
COMMENT ON COLUMN reporting.stock_on_hand_daily.location IS 'Location; case-sensitive.';
COMMENT ON COLUMN reporting.stock_on_hand_daily.on_hand IS 'Physically there, in base units.';
COMMENT ON COLUMN reporting.stock_on_hand_daily.reserved IS 'Promised to reservations, in base units.';
COMMENT ON COLUMN reporting.stock_on_hand_daily.incoming IS 'Expected or under way, in base units.';
COMMENT ON COLUMN reporting.stock_on_hand_daily.damaged IS 'Damaged part of on_hand, in base units.';
COMMENT ON COLUMN reporting.stock_on_hand_daily.quality_hold IS 'Blocked part of on_hand, in base units.';
COMMENT ON COLUMN reporting.stock_on_hand_daily.safety IS 'Safety stock, in base units.';
COMMENT ON COLUMN reporting.stock_on_hand_daily.available IS 'on_hand - reserved - damaged - quality_hold - safety; may be negative.';
COMMENT ON COLUMN reporting.stock_on_hand_daily.backorder_limit IS 'How far below zero available may be sold, in base units.';
COMMENT ON COLUMN reporting.stock_on_hand_daily.sellable IS 'available + backorder_limit; negative only after a count or damage.';

CREATE VIEW reporting.sales_by_day AS
SELECT
  moved.moved_on AS sold_on,
  moved.sku,
  moved.location,
  coalesce(-sum(moved.on_hand_delta) FILTER (WHERE moved.kind = 'fulfil'), 0)::bigint AS fulfilled,
  coalesce(sum(moved.on_hand_delta) FILTER (WHERE moved.kind = 'return'), 0)::bigint AS returned,
  (-sum(moved.on_hand_delta))::bigint AS net
FROM reporting.stock_movement_daily AS moved
WHERE moved.kind IN ('fulfil', 'return')
GROUP BY moved.moved_on, moved.sku, moved.location;

COMMENT ON VIEW reporting.sales_by_day IS 'The report sales-by-day: one row a day (UTC) and level on which anything was fulfilled or came back. A sale counts on the day it leaves the shelf (fulfil), not when it is reserved or confirmed; a released or expired reservation never counts; a return counts on the day it comes back, which may be long after its sale. From reporting.stock_movement_daily.';
COMMENT ON COLUMN reporting.sales_by_day.sold_on IS 'Day (UTC) of the movements'' at.';
COMMENT ON COLUMN reporting.sales_by_day.sku IS 'Item; case-sensitive.';
COMMENT ON COLUMN reporting.sales_by_day.location IS 'Location that the goods left or came back to; case-sensitive.';
COMMENT ON COLUMN reporting.sales_by_day.fulfilled IS 'Left for customers by fulfil, in base units.';
COMMENT ON COLUMN reporting.sales_by_day.returned IS 'Came back by return, in base units.';
COMMENT ON COLUMN reporting.sales_by_day.net IS 'fulfilled - returned; negative when more came back than left.';

-- One SELECT of plain SQL: the planner takes it into the query, so that a filter by sku or location reaches its tables.
CREATE FUNCTION reporting.sell_through_between(from_on date, to_on date)
RETURNS TABLE (sku text, location text, opening bigint, received bigint, sold bigint, sell_through double precision)
LANGUAGE sql STABLE
AS $$
  SELECT
    level.sku,
    level.location,
    coalesce(opening.on_hand, 0)::bigint,
    coalesce(moved.received, 0)::bigint,
    coalesce(moved.sold, 0)::bigint,
    round(
      coalesce(moved.sold, 0) / nullif(greatest(coalesce(opening.on_hand, 0) + coalesce(moved.received, 0), 0), 0), 4
    )::double precision
  FROM reporting.stock_level AS level
  LEFT JOIN LATERAL (
    SELECT daily.on_hand
    FROM reporting.stock_level_daily AS daily
    WHERE daily.sku = level.sku AND daily.location = level.location AND daily.closed_on < from_on
    ORDER BY daily.closed_on DESC
    LIMIT 1
  ) AS opening ON true
  LEFT JOIN (
    SELECT
      movement.sku,
      movement.location,
      sum(movement.on_hand_delta)
        FILTER (WHERE movement.kind IN ('receive', 'transferIn', 'transferOut', 'ship', 'arrive')) AS received,
      -sum(movement.on_hand_delta) FILTER (WHERE movement.kind IN ('fulfil', 'return')) AS sold
    FROM reporting.stock_movement_daily AS movement
    WHERE movement.moved_on >= coalesce(from_on, '-infinity') AND movement.moved_on < coalesce(to_on, 'infinity')
    GROUP BY movement.sku, movement.location
  ) AS moved ON moved.sku = level.sku AND moved.location = level.location
  WHERE opening.on_hand IS NOT NULL OR moved.sku IS NOT NULL
$$;
COMMENT ON FUNCTION reporting.sell_through_between(date, date) IS 'Sell-through of each level over the days (UTC) from from_on to the day before to_on; null: from the beginning, to now. Columns as reporting.sell_through.';

CREATE VIEW reporting.sell_through AS
SELECT period.sku, period.location, period.opening, period.received, period.sold, period.sell_through
FROM reporting.sell_through_between(
  (now() AT TIME ZONE 'UTC')::date - 29,
  (now() AT TIME ZONE 'UTC')::date + 1
) AS period;

COMMENT ON VIEW reporting.sell_through IS 'The report sell-through: how much of what there was to sell was sold, one row a level that was there; over the last 30 days (UTC), today included. Other periods: reporting.sell_through_between. A level without sales has 0. From the daily rollups.';
COMMENT ON COLUMN reporting.sell_through.sku IS 'Item; case-sensitive.';
COMMENT ON COLUMN reporting.sell_through.location IS 'Location; case-sensitive.';
COMMENT ON COLUMN reporting.sell_through.opening IS 'on_hand when the period began, in base units; 0 for a level that was not there yet.';
COMMENT ON COLUMN reporting.sell_through.received IS 'Received in the period, and by transfers (transferIn, arrive) less what went to other locations by them (transferOut, ship), in base units: over all locations transfers cancel out. Counts and adjustments are corrections, no receipts.';
COMMENT ON COLUMN reporting.sell_through.sold IS 'Fulfilled less returned in the period, in base units.';
COMMENT ON COLUMN reporting.sell_through.sell_through IS 'sold / (opening + received), to four places: 1 is all. Null when there was nothing to sell; negative when more came back than left; above 1 when a count or adjustment found what was then sold.';

CREATE FUNCTION reporting.stockout_rate_between(from_on date, to_on date)
RETURNS TABLE (
  sku text,
  location text,
  observed_days double precision,
  stockout_days double precision,
  stockout_rate double precision
)
LANGUAGE sql STABLE
AS $$
  SELECT
    level.sku,
    level.location,
    round(span.observed_ms / 86400000, 4)::double precision,
    round(stockout.ms / 86400000, 4)::double precision,
    round(stockout.ms / span.observed_ms, 4)::double precision
  FROM reporting.stock_level AS level
  CROSS JOIN LATERAL (
    SELECT daily.first_at
    FROM reporting.stock_level_daily AS daily
    WHERE daily.sku = level.sku AND daily.location = level.location
    ORDER BY daily.closed_on
    LIMIT 1
  ) AS made
  CROSS JOIN LATERAL (
    SELECT
      least(now(), coalesce(to_on, 'infinity')::timestamp AT TIME ZONE 'UTC') AS ended_at,
      greatest(made.first_at, from_on::timestamp AT TIME ZONE 'UTC') AS began_at
  ) AS period
  CROSS JOIN LATERAL (
    SELECT 1000 * extract(epoch FROM period.ended_at - period.began_at) AS observed_ms
  ) AS span
  LEFT JOIN LATERAL (
    SELECT daily.sellable
    FROM reporting.stock_level_daily AS daily
    WHERE daily.sku = level.sku AND daily.location = level.location AND daily.closed_on < from_on
    ORDER BY daily.closed_on DESC
    LIMIT 1
  ) AS opening ON true
  CROSS JOIN LATERAL (
    SELECT
      coalesce(sum(
        daily.stockout_ms
        + daily.stockout_delta
          * (1000 * extract(epoch FROM period.ended_at - (daily.closed_on + 1)::timestamp AT TIME ZONE 'UTC'))
      ), 0) AS ms
    FROM reporting.stock_level_daily AS daily
    WHERE daily.sku = level.sku
      AND daily.location = level.location
      AND daily.closed_on >= coalesce(from_on, '-infinity')
      AND daily.closed_on < coalesce(to_on, 'infinity')
  ) AS changed
  -- Clocks of two functions may differ by milliseconds, which must not show as less than nothing or more than all.
  CROSS JOIN LATERAL (
    SELECT
      least(
        greatest(changed.ms + CASE WHEN opening.sellable <= 0 THEN span.observed_ms ELSE 0 END, 0),
        span.observed_ms
      ) AS ms
  ) AS stockout
  WHERE span.observed_ms > 0
$$;
COMMENT ON FUNCTION reporting.stockout_rate_between(date, date) IS 'Share of the time in stock-out of each level over the days (UTC) from from_on to the day before to_on; null: from the beginning, to now. Columns as reporting.stockout_rate.';

CREATE VIEW reporting.stockout_rate AS
SELECT period.sku, period.location, period.observed_days, period.stockout_days, period.stockout_rate
FROM reporting.stockout_rate_between(
  (now() AT TIME ZONE 'UTC')::date - 29,
  (now() AT TIME ZONE 'UTC')::date + 1
) AS period;

COMMENT ON VIEW reporting.stockout_rate IS 'The report stockout-rate: the share of the time in which nothing could be sold (sellable <= 0), to the second, one row a level; over the last 30 days (UTC), up to now. Other periods: reporting.stockout_rate_between. A level counts from its first change on, so a new one is no stock-out before. Over several levels: sum(stockout_days) / sum(observed_days). From reporting.stock_level_daily.';
COMMENT ON COLUMN reporting.stockout_rate.sku IS 'Item; case-sensitive.';
COMMENT ON COLUMN reporting.stockout_rate.location IS 'Location; case-sensitive.';
COMMENT ON COLUMN reporting.stockout_rate.observed_days IS 'Time of the period in which the level was there, in days to four places.';
COMMENT ON COLUMN reporting.stockout_rate.stockout_days IS 'Part of it with sellable <= 0, in days to four places.';
COMMENT ON COLUMN reporting.stockout_rate.stockout_rate IS 'stockout_days / observed_days, to four places: 0 is never, 1 is always.';

GRANT EXECUTE ON FUNCTION reporting.sell_through_between(date, date), reporting.stockout_rate_between(date, date)
TO app_reader, reporter;
