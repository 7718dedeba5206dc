CREATE TABLE platform.oauth_keys (
    id text PRIMARY KEY CHECK (id ~ '^[A-Za-z0-9_-]{43}$'),
    modulus text NOT NULL,
    exponent text NOT NULL,
    sealed_private_key bytea NOT NULL,
    created_at timestamptz NOT NULL,
    signs_from timestamptz NOT NULL,
    verifies_until timestamptz
);

COMMENT ON TABLE platform.oauth_keys IS 'RSA keys that OAuth access tokens are signed with, under their thumbprint (RFC 7638).';
COMMENT ON COLUMN platform.oauth_keys.signs_from IS 'The one that has begun last signs; it is published a while before, so that everybody knows it by then.';
COMMENT ON COLUMN platform.oauth_keys.verifies_until IS 'End of the last token that it has signed; null while it signs.';

CREATE TABLE platform.oauth_clients (
    id uuid PRIMARY KEY,
    account_id uuid NOT NULL REFERENCES platform.accounts ON DELETE CASCADE,
    kind text NOT NULL CHECK (kind IN ('machine', 'spa')),
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    secret_hash bytea CHECK (octet_length(secret_hash) = 32),
    role text NOT NULL CHECK (role IN ('Viewer', 'Editor', 'Admin', 'Superadmin')),
    scopes text[] NOT NULL,
    grants jsonb CHECK (jsonb_typeof(grants) = 'array'),
    allowed_apis text[] NOT NULL CHECK (allowed_apis <@ ARRAY['sql', 'maps', 'imports', 'lds']),
    redirect_uris text[] NOT NULL DEFAULT '{}',
    logout_uris text[] NOT NULL DEFAULT '{}',
    origins text[] NOT NULL DEFAULT '{}',
    created_by uuid,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CHECK ((secret_hash IS NOT NULL) = (kind = 'machine'))
);

COMMENT ON TABLE platform.oauth_clients IS 'Programs that ask for access tokens: machines on their own account, single-page applications for a user who is signed in.';
COMMENT ON COLUMN platform.oauth_clients.role IS 'Of a machine: what it may administer, within its scopes. Of an application it is not looked at: its user has one.';
COMMENT ON COLUMN platform.oauth_clients.grants IS 'What its tokens read; null is what the role reads.';
COMMENT ON COLUMN platform.oauth_clients.origins IS 'Whose pages may ask for tokens; empty for machines.';

CREATE INDEX oauth_clients_of_account ON platform.oauth_clients (account_id, created_at DESC, id);

CREATE TABLE platform.oauth_authorizations (
    id uuid PRIMARY KEY,
    client_id uuid NOT NULL REFERENCES platform.oauth_clients ON DELETE CASCADE,
    session_id uuid NOT NULL REFERENCES platform.sessions ON DELETE CASCADE,
    scopes text[] NOT NULL,
    created_at timestamptz NOT NULL
);

COMMENT ON TABLE platform.oauth_authorizations IS 'What a user has let an application do. It ends with his session, and with it everything that was issued from it.';

CREATE INDEX oauth_authorizations_of_session ON platform.oauth_authorizations (session_id);
CREATE INDEX oauth_authorizations_of_client ON platform.oauth_authorizations (client_id);

CREATE TABLE platform.oauth_codes (
    hash bytea PRIMARY KEY CHECK (octet_length(hash) = 32),
    client_id uuid NOT NULL REFERENCES platform.oauth_clients ON DELETE CASCADE,
    session_id uuid NOT NULL REFERENCES platform.sessions ON DELETE CASCADE,
    authorization_id uuid NOT NULL,
    redirect_uri text NOT NULL,
    challenge text NOT NULL,
    nonce text,
    scopes text[] NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz
);

COMMENT ON TABLE platform.oauth_codes IS 'Authorization codes, by the hash of their text. A used one stays a while: used again, it ends what came of it (RFC 6749, section 4.1.2).';

CREATE INDEX oauth_codes_by_end ON platform.oauth_codes (expires_at);
CREATE INDEX oauth_codes_of_session ON platform.oauth_codes (session_id);
CREATE INDEX oauth_codes_of_client ON platform.oauth_codes (client_id);

CREATE TABLE platform.oauth_refresh_tokens (
    hash bytea PRIMARY KEY CHECK (octet_length(hash) = 32),
    authorization_id uuid NOT NULL REFERENCES platform.oauth_authorizations ON DELETE CASCADE,
    created_at timestamptz NOT NULL,
    used_at timestamptz
);

COMMENT ON TABLE platform.oauth_refresh_tokens IS 'Each is used once and gives the next; used again, it ends its authorization (RFC 9700, section 4.14).';

CREATE INDEX oauth_refresh_tokens_of_authorization ON platform.oauth_refresh_tokens (authorization_id);

CREATE TABLE platform.oauth_access_tokens (
    id uuid PRIMARY KEY,
    client_id uuid NOT NULL REFERENCES platform.oauth_clients ON DELETE CASCADE,
    authorization_id uuid REFERENCES platform.oauth_authorizations ON DELETE CASCADE,
    text_hash bytea NOT NULL CHECK (octet_length(text_hash) = 32),
    scopes text[] NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);

COMMENT ON TABLE platform.oauth_access_tokens IS 'Access tokens that have not ended, by their jti claim; what they may do stands with the client, the user and the scopes.';

CREATE INDEX oauth_access_tokens_by_end ON platform.oauth_access_tokens (expires_at);
CREATE INDEX oauth_access_tokens_of_client ON platform.oauth_access_tokens (client_id);
CREATE INDEX oauth_access_tokens_of_authorization ON platform.oauth_access_tokens (authorization_id);

ALTER TABLE platform.jobs ADD COLUMN holder_id uuid;

COMMENT ON COLUMN platform.jobs.holder_id IS 'The user or OAuth client behind the token: he finds his jobs with his next token too. Null for an API access token.';

CREATE INDEX jobs_of_holder ON platform.jobs (holder_id, created_at DESC, id DESC) WHERE holder_id IS NOT NULL;
