-- Whether a subscription gets every change that it wants depends on the source's tables, which one process looks at. What
-- it has found is here, so that every process can show it and a change of it is told once.
CREATE TABLE source_coverage (
    subscription_id uuid PRIMARY KEY,
    fingerprint     text NOT NULL,
    losses          jsonb NOT NULL,
    changed_at      timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE source_coverage IS 'Written by replication. What each enabled subscription wants and the source does not publish.';
COMMENT ON COLUMN source_coverage.fingerprint IS 'Of the losses without their wording: another one is a change.';
