CREATE TABLE platform.accounts (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    created_at timestamptz NOT NULL DEFAULT now()
);

COMMENT ON TABLE platform.accounts IS 'Organisations. A platform has one.';

CREATE TABLE platform.tokens (
    id uuid PRIMARY KEY,
    account_id uuid NOT NULL REFERENCES platform.accounts ON DELETE CASCADE,
    kind text NOT NULL CHECK (kind IN ('owner', 'demo', 'api')),
    name text CHECK (length(name) BETWEEN 1 AND 200),
    grants jsonb NOT NULL CHECK (jsonb_typeof(grants) = 'array'),
    allowed_apis text[] NOT NULL CHECK (allowed_apis <@ ARRAY['sql', 'maps', 'imports', 'lds']),
    referers text[] NOT NULL DEFAULT '{}' CHECK (array_position(referers, NULL) IS NULL),
    created_at timestamptz NOT NULL,
    expires_at timestamptz CHECK (expires_at > created_at),
    revoked_at timestamptz
);

COMMENT ON TABLE platform.tokens IS
    'API access tokens without their text: it is signed from the id, the account and the times, and checked by its signature.';

-- The platform's own tokens: at most one of each kind is valid.
CREATE UNIQUE INDEX tokens_platform_kind ON platform.tokens (account_id, kind) WHERE kind <> 'api' AND revoked_at IS NULL;

CREATE TABLE platform.connections (
    id uuid PRIMARY KEY,
    account_id uuid NOT NULL REFERENCES platform.accounts ON DELETE CASCADE,
    name text NOT NULL UNIQUE CHECK (name ~ '^[A-Za-z0-9_-]{1,64}$' AND lower(name) <> 'public'),
    provider_id text NOT NULL CHECK (provider_id IN ('postgres')),
    revision bigint NOT NULL DEFAULT 1 CHECK (revision > 0),
    sealed_credentials bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);

COMMENT ON COLUMN platform.connections.revision IS 'Moves on every change; part of every cache key made from the connection''s data.';

CREATE TABLE platform.map_definitions (
    id text PRIMARY KEY CHECK (id ~ '^[A-Za-z0-9_-]{1,128}$'),
    definition text NOT NULL CHECK (octet_length(definition) <= 1048576),
    created_at timestamptz NOT NULL DEFAULT now()
);

COMMENT ON TABLE platform.map_definitions IS 'Instantiated maps under a hash of their definition; a row never changes.';
