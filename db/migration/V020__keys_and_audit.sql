-- Who may use the API, and what they have changed.
CREATE TABLE api_key (
    id           uuid PRIMARY KEY,
    number       bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    name         text NOT NULL,
    scopes       text[] NOT NULL CHECK (cardinality(scopes) > 0 AND scopes <@ ARRAY['publish', 'read', 'manage']),
    digest       bytea NOT NULL UNIQUE CHECK (octet_length(digest) = 32),
    created_at   timestamptz NOT NULL DEFAULT now(),
    expires_at   timestamptz,
    last_used_at timestamptz
);
COMMENT ON TABLE api_key IS 'Written by access. Keys made through the API; those of API_KEYS are nowhere in the store.';
COMMENT ON COLUMN api_key.digest IS 'SHA-256 of the key. The key itself was shown once.';
COMMENT ON COLUMN api_key.number IS 'The order of the list.';

CREATE TABLE audit (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at          timestamptz NOT NULL DEFAULT now(),
    actor       text NOT NULL,
    actor_name  text,
    address     text,
    user_agent  text,
    method      text NOT NULL,
    path        text NOT NULL,
    resource_id text,
    fields      text[] NOT NULL DEFAULT '{}',
    status      int
);
CREATE INDEX audit_time ON audit (at);
COMMENT ON TABLE audit IS 'Written by access: a row before each change through the API, completed after it. Pruned by upkeep.';
COMMENT ON COLUMN audit.actor IS 'The id of a stored key; env: and the start of the SHA-256 of one of API_KEYS; or open.';
COMMENT ON COLUMN audit.fields IS 'Names of the fields that the request gave; never their values.';
COMMENT ON COLUMN audit.status IS 'Of the answer. Null: the process ended before it, or it is under way.';
