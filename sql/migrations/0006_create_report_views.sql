SET LOCAL ROLE owner;

CREATE VIEW reporting.stock_on_hand AS
SELECT
  level.sku,
  level.location,
  level.on_hand,
  level.reserved,
  level.incoming,
  level.damaged,
  level.quality_hold,
  level.safety,
  level.available,
  level.backorder_limit,
  level.sellable,
  level.version,
  level.updated_at
FROM reporting.stock_level AS level;

COMMENT ON VIEW reporting.stock_on_hand IS 'The report stock-on-hand: one row a level (sku, location), current. Fresh within 30 s in normal running; how far it reaches says reporting.freshness.';
COMMENT ON COLUMN reporting.stock_on_hand.sku IS 'Item; case-sensitive.';
COMMENT ON COLUMN reporting.stock_on_hand.location IS 'Location; case-sensitive.';
COMMENT ON COLUMN reporting.stock_on_hand.on_hand IS 'Physically there, in base units.';
COMMENT ON COLUMN reporting.stock_on_hand.reserved IS 'Promised to reservations, in base units.';
COMMENT ON COLUMN reporting.stock_on_hand.incoming IS 'Expected or under way, in base units.';
COMMENT ON COLUMN reporting.stock_on_hand.damaged IS 'Damaged part of on_hand, in base units.';
COMMENT ON COLUMN reporting.stock_on_hand.quality_hold IS 'Blocked part of on_hand, in base units.';
COMMENT ON COLUMN reporting.stock_on_hand.safety IS 'Safety stock, in base units.';
COMMENT ON COLUMN reporting.stock_on_hand.available IS 'on_hand - reserved - damaged - quality_hold - safety; may be negative.';
COMMENT ON COLUMN reporting.stock_on_hand.backorder_limit IS 'How far below zero available may be sold, in base units.';
COMMENT ON COLUMN reporting.stock_on_hand.sellable IS 'available + backorder_limit; negative only after a count or damage.';
COMMENT ON COLUMN reporting.stock_on_hand.version IS 'Number of the level''s last change that arrived.';
COMMENT ON COLUMN reporting.stock_on_hand.updated_at IS 'When that change was made.';

CREATE VIEW reporting.movement_ledger AS
SELECT
  movement.sku,
  movement.location,
  movement.version,
  movement.kind,
  movement.quantity,
  movement.on_hand_delta,
  movement.reserved_delta,
  movement.incoming_delta,
  movement.damaged_delta,
  movement.quality_hold_delta,
  movement.safety_delta,
  movement.backorder_limit_delta,
  movement.on_hand,
  movement.reserved,
  movement.incoming,
  movement.damaged,
  movement.quality_hold,
  movement.safety,
  movement.available,
  movement.backorder_limit,
  movement.sellable,
  movement.cause_type,
  movement.cause_id,
  movement.actor,
  movement.reason,
  movement.reference,
  movement.at,
  movement.occurred_at,
  movement.request_id,
  movement.movement_id
FROM audit.movement AS movement;

COMMENT ON VIEW reporting.movement_ledger IS 'The report movement-ledger: one row a change of a level (sku, location, version). Fresh within 30 s in normal running; how far it reaches says reporting.freshness.';
COMMENT ON COLUMN reporting.movement_ledger.sku IS 'Item; case-sensitive.';
COMMENT ON COLUMN reporting.movement_ledger.location IS 'Location; case-sensitive.';
COMMENT ON COLUMN reporting.movement_ledger.version IS 'Number of the change of this level: 1 for the first, then +1 each, without holes.';
COMMENT ON COLUMN reporting.movement_ledger.kind IS 'What the change was: receive, return, adjust, count, reserve, release, expire, fulfil, policy and others of the contract.';
COMMENT ON COLUMN reporting.movement_ledger.quantity IS 'Quantity as asked, in base units: signed for adjust, >= 0 for count, null for policy, else positive.';
COMMENT ON COLUMN reporting.movement_ledger.on_hand_delta IS 'Change of on_hand in base units; 0 when unchanged.';
COMMENT ON COLUMN reporting.movement_ledger.reserved_delta IS 'Change of reserved in base units; 0 when unchanged.';
COMMENT ON COLUMN reporting.movement_ledger.incoming_delta IS 'Change of incoming in base units; 0 when unchanged.';
COMMENT ON COLUMN reporting.movement_ledger.damaged_delta IS 'Change of damaged in base units; 0 when unchanged.';
COMMENT ON COLUMN reporting.movement_ledger.quality_hold_delta IS 'Change of quality_hold in base units; 0 when unchanged.';
COMMENT ON COLUMN reporting.movement_ledger.safety_delta IS 'Change of safety in base units; 0 when unchanged.';
COMMENT ON COLUMN reporting.movement_ledger.backorder_limit_delta IS 'Change of backorder_limit in base units; 0 when unchanged.';
COMMENT ON COLUMN reporting.movement_ledger.on_hand IS 'Physically there after the change, in base units.';
COMMENT ON COLUMN reporting.movement_ledger.reserved IS 'Promised to reservations after the change, in base units.';
COMMENT ON COLUMN reporting.movement_ledger.incoming IS 'Expected or under way after the change, in base units.';
COMMENT ON COLUMN reporting.movement_ledger.damaged IS 'Damaged part of on_hand after the change, in base units.';
COMMENT ON COLUMN reporting.movement_ledger.quality_hold IS 'Blocked part of on_hand after the change, in base units.';
COMMENT ON COLUMN reporting.movement_ledger.safety IS 'Safety stock after the change, in base units.';
COMMENT ON COLUMN reporting.movement_ledger.available IS 'on_hand - reserved - damaged - quality_hold - safety after the change; may be negative.';
COMMENT ON COLUMN reporting.movement_ledger.backorder_limit IS 'How far below zero available may be sold, after the change, in base units.';
COMMENT ON COLUMN reporting.movement_ledger.sellable IS 'available + backorder_limit after the change; negative only after a count or damage.';
COMMENT ON COLUMN reporting.movement_ledger.cause_type IS 'What caused it: request, reservation and others of the contract.';
COMMENT ON COLUMN reporting.movement_ledger.cause_id IS 'Id of the cause, such as the reservation''s id.';
COMMENT ON COLUMN reporting.movement_ledger.actor IS 'Subject of the token that asked for it, or the worker''s name.';
COMMENT ON COLUMN reporting.movement_ledger.reason IS 'Reason as given by the client.';
COMMENT ON COLUMN reporting.movement_ledger.reference IS 'Reference as given by the client, such as an order number.';
COMMENT ON COLUMN reporting.movement_ledger.at IS 'When the change was made, by the deciding function''s clock; equals the level''s updatedAt. Decides the partition.';
COMMENT ON COLUMN reporting.movement_ledger.occurred_at IS 'When it happened in the world, as given by the client; else equal to at.';
COMMENT ON COLUMN reporting.movement_ledger.request_id IS 'Id of the request that made it.';
COMMENT ON COLUMN reporting.movement_ledger.movement_id IS '<request_id>-<n>, n being the change''s place in its command from 1.';

-- A shard without traffic holds the instant back, rightly: what it may still bring is not known. After a week
-- (the stream's retention) it can bring nothing that is not lost already, and a shard closed by resharding ends so.
CREATE VIEW reporting.freshness AS
SELECT
  coalesce(
    min(watermark.changed_at) FILTER (WHERE watermark.moved_at > now() - interval '7 days'),
    max(watermark.changed_at)
  ) AS as_of
FROM ops.watermark AS watermark
WHERE watermark.consumer = 'etl';

COMMENT ON VIEW reporting.freshness IS 'How far audit and reporting reach: one row.';
COMMENT ON COLUMN reporting.freshness.as_of IS 'Changes made up to this instant are in (the stream may deliver a few a moment later); null before the first change.';
