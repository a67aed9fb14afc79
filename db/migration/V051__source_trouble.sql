-- What capture came across that could not be stored as it was. The process that captures adds to it now and then, so that
-- every other one, and a later one, can tell of it.
CREATE TABLE source_trouble (
    slot        text NOT NULL,
    kind        text NOT NULL CHECK (kind IN ('undecoded', 'reduced', 'refused')),
    count       bigint NOT NULL,
    first_at    timestamptz NOT NULL,
    last_at     timestamptz NOT NULL,
    last_of     text NOT NULL,
    last_reason text NOT NULL,
    PRIMARY KEY (slot, kind)
);
COMMENT ON TABLE source_trouble IS 'Written by replication. Row changes that could not be stored as they were, counted by kind.';
COMMENT ON COLUMN source_trouble.kind IS
    'undecoded: values are texts; reduced: the store took the change without its values alone; refused: it is left out.';
COMMENT ON COLUMN source_trouble.count IS 'Since first_at. It begins again when there was none for a week.';
COMMENT ON COLUMN source_trouble.last_of IS 'The table or the event type of the last one.';
