SET LOCAL ROLE owner;

CREATE TABLE audit.reservation_event (
  reservation_id text COLLATE "C" NOT NULL,
  version bigint NOT NULL CONSTRAINT reservation_event_version_check CHECK (version >= 1),
  status text NOT NULL,
  owner text NOT NULL,
  channel text,
  reference text,
  lines jsonb NOT NULL,
  expires_at timestamptz NOT NULL,
  pay_by timestamptz,
  created_at timestamptz NOT NULL,
  at timestamptz NOT NULL,
  actor text NOT NULL,
  request_id text NOT NULL,
  PRIMARY KEY (reservation_id, version)
);

CREATE INDEX reservation_event_at_idx ON audit.reservation_event USING brin (at);

COMMENT ON TABLE audit.reservation_event IS 'One row a change of a reservation: its whole state after the change. Source: the reservation''s image in the change stream; inserted once, never updated.';
COMMENT ON INDEX audit.reservation_event_at_idx IS 'Finds the events of a period.';
COMMENT ON COLUMN audit.reservation_event.reservation_id IS 'Reservation; case-sensitive.';
COMMENT ON COLUMN audit.reservation_event.version IS 'Number of the change of this reservation: 1 for the hold, then +1 each.';
COMMENT ON COLUMN audit.reservation_event.status IS 'HELD, PAYING, CONFIRMED, PARTIALLY_FULFILLED, FULFILLED, RELEASED or EXPIRED, after the change.';
COMMENT ON COLUMN audit.reservation_event.owner IS 'Whom the stock is promised to.';
COMMENT ON COLUMN audit.reservation_event.channel IS 'Sales channel as given by the client.';
COMMENT ON COLUMN audit.reservation_event.reference IS 'Reference as given by the client, such as an order number.';
COMMENT ON COLUMN audit.reservation_event.lines IS 'Lines after the change: [{sku, quantity, allocations: [{location, quantity, fulfilled, released}]}], in base units.';
COMMENT ON COLUMN audit.reservation_event.expires_at IS 'When HELD ends.';
COMMENT ON COLUMN audit.reservation_event.pay_by IS 'When PAYING ends; null before the first payment.';
COMMENT ON COLUMN audit.reservation_event.created_at IS 'When the reservation was made.';
COMMENT ON COLUMN audit.reservation_event.at IS 'When the change was made, by the deciding function''s clock; equals the reservation''s updatedAt.';
COMMENT ON COLUMN audit.reservation_event.actor IS 'Subject of the token that asked for it, or the worker''s name.';
COMMENT ON COLUMN audit.reservation_event.request_id IS 'Id of the request that made the change.';

GRANT SELECT ON audit.reservation_event TO reporter;
GRANT SELECT, INSERT ON audit.reservation_event TO etl;
