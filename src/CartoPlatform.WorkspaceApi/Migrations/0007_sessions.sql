CREATE TABLE platform.sessions (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES platform.users ON DELETE CASCADE,
    text_hash bytea NOT NULL CHECK (octet_length(text_hash) = 32),
    address text,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL CHECK (expires_at > created_at)
);

COMMENT ON TABLE platform.sessions IS 'Users who are signed in: the cookie holds a signed text, of which the hash is here.';

CREATE INDEX sessions_of_user ON platform.sessions (user_id);
CREATE INDEX sessions_by_end ON platform.sessions (expires_at);
