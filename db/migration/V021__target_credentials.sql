-- What a subscription asks for beyond a signature, and the secret that is still valid during a rotation.
ALTER TABLE subscription
    ADD COLUMN previous_secret bytea,
    ADD COLUMN previous_secret_until timestamptz,
    ADD COLUMN credentials bytea,
    ADD CHECK ((previous_secret IS NULL) = (previous_secret_until IS NULL));
COMMENT ON COLUMN subscription.previous_secret IS 'Encrypted like secret: signs too until previous_secret_until.';
COMMENT ON COLUMN subscription.credentials IS 'Encrypted like secret: a JSON object with auth, tls and the private Ed25519 key.';
