-- Lanes are shared between processes. Safe beside the version before, which never names the new column: it and this one
-- do not deliver at the same time, because both ask for the same lock of a session.

ALTER TABLE process ADD COLUMN leaving boolean NOT NULL DEFAULT false;
COMMENT ON TABLE process IS 'Written by queue. Who may dispatch and settle. A row that is gone was taken over, or has left.';
COMMENT ON COLUMN process.beat IS 'Raised every few seconds; one that stands still for long is taken over.';
COMMENT ON COLUMN process.leaving IS 'Finishes what is under way and takes no more shards: the others share without it.';
COMMENT ON TABLE shard IS 'Written by queue. Which process owns which shard; lane modulo 64 is a lane''s shard. Null: free.';
COMMENT ON COLUMN owed.stripe IS 'Hash of the key modulo 8: in so many parts a lane is read side by side. One process owns all of them.';
