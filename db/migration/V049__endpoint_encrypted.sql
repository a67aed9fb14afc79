-- The URL of an endpoint may hold a token and is encrypted. Nexus encrypts what is there when it starts the next time.
ALTER TABLE subscription
    ADD COLUMN endpoint bytea,
    ADD COLUMN endpoint_digest bytea,
    ADD COLUMN previous_secrets jsonb NOT NULL DEFAULT '[]',
    ALTER COLUMN endpoint_url DROP NOT NULL,
    ADD CHECK (deleted_at IS NOT NULL OR num_nonnulls(endpoint, endpoint_url) = 1);
UPDATE subscription SET endpoint_url = NULL WHERE deleted_at IS NOT NULL;

-- Several rotations may overlap.
UPDATE subscription
SET previous_secrets = jsonb_build_array(jsonb_build_object(
    'secret', encode(previous_secret, 'hex'),
    'until', floor(extract(epoch FROM previous_secret_until) * 1000)::bigint))
WHERE previous_secret IS NOT NULL;

COMMENT ON COLUMN subscription.endpoint IS 'Encrypted like secret: the URL.';
COMMENT ON COLUMN subscription.endpoint_digest IS
    'HMAC-SHA256 of the URL under a key made of NEXUS_SECRET_KEY: equal for equal URLs.';
COMMENT ON COLUMN subscription.endpoint_url IS
    'Null. The version before keeps the URL here; it is encrypted at the next start.';
COMMENT ON COLUMN subscription.fingerprint IS
    'HMAC-SHA256, under the same key, over the fields that make two subscriptions the same.';
COMMENT ON COLUMN subscription.previous_secrets IS
    'Of rotations, newest first: secret is encrypted like secret, in hex; it signs until until, in milliseconds.';
COMMENT ON COLUMN subscription.previous_secret IS 'Of the version before.';
COMMENT ON COLUMN subscription.previous_secret_until IS 'Of the version before.';
