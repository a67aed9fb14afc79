-- A lost slot is made again when somebody asked for it; whichever process captures then sees the request here.
ALTER TABLE source_position ADD COLUMN reset_requested_at timestamptz;
COMMENT ON COLUMN source_position.reset_requested_at IS 'Written by replication: POST /v1/source/reset. Null again once capture goes on.';
