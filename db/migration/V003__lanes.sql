-- What a lane is held to and how its endpoint has been doing, and a way to what was retried by hand.
-- The version before this one goes on beside it: it neither reads nor needs any of this.

ALTER TABLE subscription
    ADD COLUMN rate_limit            int CHECK (rate_limit BETWEEN 1 AND 100000),
    ADD COLUMN breaker_opened_at     timestamptz,
    ADD COLUMN breaker_probe_at      timestamptz,
    ADD COLUMN breaker_failed_probes int NOT NULL DEFAULT 0,
    ADD COLUMN failing_since         timestamptz,
    ADD COLUMN failing_attempts      int NOT NULL DEFAULT 0,
    ADD CHECK ((breaker_opened_at IS NULL) = (breaker_probe_at IS NULL)),
    ADD CHECK ((failing_since IS NULL) = (failing_attempts = 0));
COMMENT ON COLUMN subscription.rate_limit IS 'Requests a second at most; null: no limit.';
COMMENT ON COLUMN subscription.breaker_opened_at IS 'Since when nothing but probes is sent; null: the breaker is closed.';
COMMENT ON COLUMN subscription.breaker_probe_at IS 'When the next delivery may try whether the endpoint is back.';
COMMENT ON COLUMN subscription.failing_since IS 'The first of the attempts that have all failed, a minute late at most; null: the last one known succeeded.';

CREATE INDEX owed_renewed ON owed (lane, seq) WHERE renewed_at IS NOT NULL AND due IS NULL;
COMMENT ON INDEX owed_renewed IS 'Retried by hand and not tried since: these go past an open breaker.';
