ALTER TABLE platform.tokens ADD COLUMN limits jsonb CHECK (jsonb_typeof(limits) = 'object');

COMMENT ON COLUMN platform.tokens.limits IS 'How much its holder may ask; what is not there is as for all tokens.';

CREATE TABLE platform.activity (
    at timestamptz NOT NULL,
    account_id uuid,
    caller_kind text NOT NULL,
    token_id uuid,
    user_id uuid,
    map_id text,
    method text NOT NULL,
    api text NOT NULL,
    operation text NOT NULL,
    connection text,
    source text,
    client text,
    tags jsonb,
    status int NOT NULL,
    cache text,
    duration_us bigint NOT NULL,
    rows bigint,
    bytes bigint NOT NULL
) PARTITION BY RANGE (at);

COMMENT ON TABLE platform.activity IS
    'Calls of the API: a partition a day (UTC), made when its first call is written and dropped when the retention ends. Neither texts of queries nor tokens.';
COMMENT ON COLUMN platform.activity.account_id IS 'Null for a caller without a token.';
COMMENT ON COLUMN platform.activity.map_id IS 'The map that a token belongs to, or that the caller names in tag-mapId.';
COMMENT ON COLUMN platform.activity.source IS 'The table or tileset; null for a query.';
COMMENT ON COLUMN platform.activity.rows IS 'Null where they are not known.';
COMMENT ON COLUMN platform.activity.bytes IS 'Of the body, as it was sent.';

CREATE INDEX activity_at ON platform.activity (at);
CREATE INDEX activity_of_token ON platform.activity (token_id, at);

CREATE TABLE platform.usage (
    month date NOT NULL CHECK (extract(day FROM month) = 1),
    account_id uuid NOT NULL,
    caller_id uuid NOT NULL,
    caller_kind text NOT NULL,
    requests bigint NOT NULL,
    rows bigint NOT NULL,
    bytes bigint NOT NULL,
    PRIMARY KEY (month, account_id, caller_id)
);

COMMENT ON TABLE platform.usage IS 'What callers have asked in a month (UTC), exactly, also where lines of the activity were dropped; the zero id is all callers without a token.';
COMMENT ON COLUMN platform.usage.caller_id IS 'The user, or the token or client.';

CREATE TABLE platform.activity_batches (
    id uuid PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT now()
);

COMMENT ON TABLE platform.activity_batches IS 'What was written lately, so that what is sent twice counts once.';

CREATE INDEX activity_batches_at ON platform.activity_batches (at);
