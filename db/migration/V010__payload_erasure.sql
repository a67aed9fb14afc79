-- A payload can be erased before its day is over. The version before this one goes on beside it: it treats an event
-- without a body as one whose payload is gone, and needs no more.
ALTER TABLE event ADD COLUMN erased_at timestamptz;
COMMENT ON TABLE event IS 'Written by intake; what is erased of it, by queue. What happened, by the day Nexus stored it.';
COMMENT ON COLUMN event.erased_at IS 'Since when the payload is erased on request; the body is null then.';
COMMENT ON COLUMN delivery.dead_reason IS 'exhausted, expired, cancelled, subscription-deleted, gone, refused, payload-gone, or payload-erased.';
