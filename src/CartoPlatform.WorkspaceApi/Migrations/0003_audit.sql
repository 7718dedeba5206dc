CREATE TABLE platform.audit (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account_id uuid NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    actor_kind text NOT NULL,
    actor_id uuid NOT NULL,
    actor_name text,
    address text,
    action text NOT NULL CHECK (action ~ '^[a-z_]+\.[a-z_]+$'),
    subject text NOT NULL,
    details jsonb
);

COMMENT ON TABLE platform.audit IS 'Who changed what, when and from where; written in the transaction of the change. No foreign keys: it outlives what it tells of.';
COMMENT ON COLUMN platform.audit.action IS 'Kind of thing and verb: token.create, connection.update, user.delete.';
COMMENT ON COLUMN platform.audit.details IS 'What is useful to know of the change. Never a secret or a token.';

CREATE INDEX audit_of_account ON platform.audit (account_id, id DESC);
CREATE INDEX audit_of_subject ON platform.audit (account_id, subject, id DESC);

ALTER TABLE platform.tokens
    ADD COLUMN created_by uuid,
    ADD COLUMN text_hash bytea CHECK (octet_length(text_hash) = 32),
    ADD COLUMN updated_at timestamptz;

COMMENT ON COLUMN platform.tokens.created_by IS 'The user (or the token or client) that made it; null for the platform''s own.';
COMMENT ON COLUMN platform.tokens.text_hash IS 'SHA-256 of the text, which has a random part; null where the text follows from the record.';

CREATE INDEX tokens_of_account ON platform.tokens (account_id, created_at DESC, id) WHERE revoked_at IS NULL;
