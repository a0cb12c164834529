SET LOCAL ROLE owner;

CREATE TABLE audit.movement (
  sku text COLLATE "C" NOT NULL,
  location text COLLATE "C" NOT NULL,
  version bigint NOT NULL CONSTRAINT movement_version_check CHECK (version >= 1),
  kind text NOT NULL,
  quantity integer,
  on_hand_delta integer NOT NULL,
  reserved_delta integer NOT NULL,
  incoming_delta integer NOT NULL,
  damaged_delta integer NOT NULL,
  quality_hold_delta integer NOT NULL,
  safety_delta integer NOT NULL,
  backorder_limit_delta integer NOT NULL,
  on_hand integer NOT NULL,
  reserved integer NOT NULL,
  incoming integer NOT NULL,
  damaged integer NOT NULL,
  quality_hold integer NOT NULL,
  safety integer NOT NULL,
  backorder_limit integer NOT NULL,
  available bigint NOT NULL
    GENERATED ALWAYS AS (on_hand::bigint - reserved - damaged - quality_hold - safety) STORED,
  sellable bigint NOT NULL
    GENERATED ALWAYS AS (on_hand::bigint - reserved - damaged - quality_hold - safety + backorder_limit) STORED,
  cause_type text NOT NULL,
  cause_id text NOT NULL,
  actor text NOT NULL,
  reason text,
  reference text,
  at timestamptz NOT NULL,
  occurred_at timestamptz NOT NULL,
  request_id text NOT NULL,
  movement_id text NOT NULL,
  -- The ledger of a level is read by it, newest first; a partitioned key must hold the partition's column.
  PRIMARY KEY (sku, location, version, at)
) PARTITION BY RANGE (at);

-- Rows arrive nearly in the order of at, so a block range index finds a period for almost no cost per insert.
CREATE INDEX movement_at_idx ON audit.movement USING brin (at);

CREATE TABLE audit.movement_default PARTITION OF audit.movement DEFAULT;

COMMENT ON TABLE audit.movement IS 'The ledger: one row a change of a level (sku, location), by month of at. Source: the level''s image in the change stream; inserted once, never updated.';
COMMENT ON TABLE audit.movement_default IS 'Movements whose month has no partition yet. It should be empty: the daily schedule moves its rows into months of their own.';
COMMENT ON INDEX audit.movement_at_idx IS 'Finds the movements of a period within a month.';
COMMENT ON COLUMN audit.movement.sku IS 'Item; case-sensitive.';
COMMENT ON COLUMN audit.movement.location IS 'Location; case-sensitive.';
COMMENT ON COLUMN audit.movement.version IS 'Number of the change of this level: 1 for the first, then +1 each, without holes.';
COMMENT ON COLUMN audit.movement.kind IS 'What the change was: receive, return, adjust, count, reserve, release, expire, fulfil, policy and others of the contract.';
COMMENT ON COLUMN audit.movement.quantity IS 'Quantity as asked, in base units: signed for adjust, >= 0 for count, null for policy, else positive.';
COMMENT ON COLUMN audit.movement.on_hand_delta IS 'Change of on_hand in base units; 0 when unchanged.';
COMMENT ON COLUMN audit.movement.reserved_delta IS 'Change of reserved in base units; 0 when unchanged.';
COMMENT ON COLUMN audit.movement.incoming_delta IS 'Change of incoming in base units; 0 when unchanged.';
COMMENT ON COLUMN audit.movement.damaged_delta IS 'Change of damaged in base units; 0 when unchanged.';
COMMENT ON COLUMN audit.movement.quality_hold_delta IS 'Change of quality_hold in base units; 0 when unchanged.';
COMMENT ON COLUMN audit.movement.safety_delta IS 'Change of safety in base units; 0 when unchanged.';
COMMENT ON COLUMN audit.movement.backorder_limit_delta IS 'Change of backorder_limit in base units; 0 when unchanged.';
COMMENT ON COLUMN audit.movement.on_hand IS 'Physically there after the change, in base units.';
COMMENT ON COLUMN audit.movement.reserved IS 'Promised to reservations after the change, in base units.';
COMMENT ON COLUMN audit.movement.incoming IS 'Expected or under way after the change, in base units.';
COMMENT ON COLUMN audit.movement.damaged IS 'Damaged part of on_hand after the change, in base units.';
COMMENT ON COLUMN audit.movement.quality_hold IS 'Blocked part of on_hand after the change, in base units.';
COMMENT ON COLUMN audit.movement.safety IS 'Safety stock after the change, in base units.';
COMMENT ON COLUMN audit.movement.backorder_limit IS 'How far below zero available may be sold, after the change, in base units.';
COMMENT ON COLUMN audit.movement.available IS 'on_hand - reserved - damaged - quality_hold - safety after the change; may be negative.';
COMMENT ON COLUMN audit.movement.sellable IS 'available + backorder_limit after the change; negative only after a count or damage.';
COMMENT ON COLUMN audit.movement.cause_type IS 'What caused it: request, reservation and others of the contract.';
COMMENT ON COLUMN audit.movement.cause_id IS 'Id of the cause, such as the reservation''s id.';
COMMENT ON COLUMN audit.movement.actor IS 'Subject of the token that asked for it, or the worker''s name.';
COMMENT ON COLUMN audit.movement.reason IS 'Reason as given by the client.';
COMMENT ON COLUMN audit.movement.reference IS 'Reference as given by the client, such as an order number.';
COMMENT ON COLUMN audit.movement.at IS 'When the change was made, by the deciding function''s clock; equals the level''s updatedAt. Decides the partition.';
COMMENT ON COLUMN audit.movement.occurred_at IS 'When it happened in the world, as given by the client; else equal to at.';
COMMENT ON COLUMN audit.movement.request_id IS 'Id of the request that made it.';
COMMENT ON COLUMN audit.movement.movement_id IS '<request_id>-<n>, n being the change''s place in its command from 1.';

CREATE FUNCTION audit.make_movement_partitions(today_on date, months_ahead integer DEFAULT 3)
RETURNS TABLE (partition_name text, moved_count bigint)
LANGUAGE plpgsql
AS $$
DECLARE
  month_on date;
  starts_at timestamptz;
  ends_at timestamptz;
  inserted_columns text;
BEGIN
  SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) INTO inserted_columns
  FROM pg_attribute
  WHERE attrelid = 'audit.movement'::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = '';

  FOR month_on IN
    SELECT (date_trunc('month', today_on::timestamp) + make_interval(months => ahead))::date
    FROM generate_series(0, months_ahead) AS ahead
    UNION
    SELECT date_trunc('month', moved.at AT TIME ZONE 'UTC')::date FROM audit.movement_default AS moved
    ORDER BY 1
  LOOP
    partition_name := 'movement_' || to_char(month_on, 'YYYY_MM');
    CONTINUE WHEN to_regclass(format('audit.%I', partition_name)) IS NOT NULL;
    starts_at := month_on::timestamp AT TIME ZONE 'UTC';
    ends_at := (month_on + interval '1 month') AT TIME ZONE 'UTC';

    -- Between the move and the attachment no row of this month may enter the default partition.
    LOCK TABLE audit.movement_default IN ACCESS EXCLUSIVE MODE;
    EXECUTE format('CREATE TABLE audit.%I (LIKE audit.movement INCLUDING ALL)', partition_name);
    EXECUTE format(
      'WITH moved AS (DELETE FROM audit.movement_default WHERE at >= %L AND at < %L RETURNING *) '
      'INSERT INTO audit.%I (%s) SELECT %s FROM moved',
      starts_at, ends_at, partition_name, inserted_columns, inserted_columns
    );
    GET DIAGNOSTICS moved_count = ROW_COUNT;
    EXECUTE format(
      'ALTER TABLE audit.movement ATTACH PARTITION audit.%I FOR VALUES FROM (%L) TO (%L)',
      partition_name, starts_at, ends_at
    );
    EXECUTE format(
      'COMMENT ON TABLE audit.%I IS %L',
      partition_name, format('Movements with at in %s (UTC).', to_char(month_on, 'YYYY-MM'))
    );
    RETURN NEXT;
  END LOOP;
END
$$;
COMMENT ON FUNCTION audit.make_movement_partitions(date, integer) IS 'Makes the missing partitions of audit.movement: the month of today_on, the months_ahead after it, and every month (past ones too) that has rows in the default partition, which it moves. Returns the partitions made. Run daily by the migrator function.';

SELECT audit.make_movement_partitions((now() AT TIME ZONE 'UTC')::date);

GRANT SELECT ON audit.movement TO reporter;
GRANT SELECT, INSERT ON audit.movement TO etl;
