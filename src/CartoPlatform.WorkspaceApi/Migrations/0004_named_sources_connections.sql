CREATE TABLE platform.named_sources (
    id uuid PRIMARY KEY,
    account_id uuid NOT NULL REFERENCES platform.accounts ON DELETE CASCADE,
    name text NOT NULL UNIQUE CHECK (name ~ '^[a-z0-9][a-z0-9_-]{1,49}[a-z0-9]$'),
    source text NOT NULL CHECK (octet_length(source) BETWEEN 1 AND 1048576),
    revision bigint NOT NULL DEFAULT 1 CHECK (revision > 0),
    created_by uuid,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);

COMMENT ON TABLE platform.named_sources IS 'SQL under a name that goes where SQL goes; its parameters are bound when it is used.';
COMMENT ON COLUMN platform.named_sources.revision IS 'Moves on every change; part of every cache key made from its data.';

ALTER TABLE platform.connections
    ADD COLUMN created_by uuid,
    ADD COLUMN named_sources_only boolean NOT NULL DEFAULT false,
    ADD COLUMN max_connections int CHECK (max_connections BETWEEN 1 AND 1000),
    ADD COLUMN statement_seconds int CHECK (statement_seconds BETWEEN 1 AND 3600);

COMMENT ON COLUMN platform.connections.named_sources_only IS 'SQL of callers is refused; named sources and tables are not.';
COMMENT ON COLUMN platform.connections.max_connections IS 'Of one process to the database; null is the platform''s setting.';
COMMENT ON COLUMN platform.connections.statement_seconds IS 'Time limit of a statement; null is the platform''s setting.';
