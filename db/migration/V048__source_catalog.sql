-- How the source's catalog described published tables and their types, and since which of its transactions: a change may
-- be read long after its table was detached, renamed or dropped.
CREATE TABLE source_catalog (
    slot        text NOT NULL,
    system_id   text NOT NULL,
    kind        text NOT NULL CHECK (kind IN ('table', 'type')),
    object      bigint NOT NULL,
    since_xid   bigint NOT NULL,
    description jsonb NOT NULL,
    seen_at     timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (slot, system_id, kind, object, since_xid)
);
COMMENT ON TABLE source_catalog IS 'Written by replication, before the events that are made with it.';
COMMENT ON COLUMN source_catalog.object IS 'The object id in the source database.';
COMMENT ON COLUMN source_catalog.since_xid IS 'For changes of transactions from this one on; 2 for any.';
