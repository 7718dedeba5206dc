CREATE TABLE platform.maps (
    id uuid PRIMARY KEY,
    account_id uuid NOT NULL REFERENCES platform.accounts ON DELETE CASCADE,
    created_by uuid NOT NULL,
    title text NOT NULL CHECK (length(title) BETWEEN 1 AND 500),
    description text,
    tags text[] NOT NULL DEFAULT '{}',
    privacy text NOT NULL DEFAULT 'private' CHECK (privacy IN ('private', 'organization', 'groups', 'password', 'public')),
    password_hash text CHECK ((password_hash IS NOT NULL) = (privacy = 'password')),
    draft text NOT NULL CHECK (octet_length(draft) <= 8388608),
    published text CHECK (octet_length(published) <= 8388608),
    revision bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    published_at timestamptz CHECK ((published_at IS NOT NULL) = (published IS NOT NULL))
);

COMMENT ON TABLE platform.maps IS 'Maps as their makers keep them; instantiated sources are in map_definitions.';
COMMENT ON COLUMN platform.maps.created_by IS 'The user, or the token or client, that made it.';
COMMENT ON COLUMN platform.maps.title IS 'With description and tags: of the draft, for lists.';
COMMENT ON COLUMN platform.maps.draft IS 'What is being edited: a JSON object as text, so that its keplerMapConfig comes back letter by letter.';
COMMENT ON COLUMN platform.maps.published IS 'The draft as it was when it was last published: what everybody sees who does not edit.';

CREATE INDEX maps_of_account ON platform.maps (account_id, updated_at DESC, id);

CREATE TABLE platform.map_groups (
    map_id uuid NOT NULL REFERENCES platform.maps ON DELETE CASCADE,
    group_id uuid NOT NULL REFERENCES platform.groups ON DELETE CASCADE,
    PRIMARY KEY (map_id, group_id)
);

COMMENT ON TABLE platform.map_groups IS 'With whom a map of the privacy groups is shared.';

CREATE INDEX map_groups_of_group ON platform.map_groups (group_id);

CREATE TABLE platform.map_tokens (
    id uuid PRIMARY KEY,
    map_id uuid NOT NULL REFERENCES platform.maps ON DELETE CASCADE,
    created_at timestamptz NOT NULL,
    superseded_at timestamptz,
    revoked_at timestamptz
);

COMMENT ON TABLE platform.map_tokens IS 'Tokens that read the datasets of one map, as they are now: no grants are kept.';
COMMENT ON COLUMN platform.map_tokens.superseded_at IS
    'Since when it is no longer handed out: the datasets changed, and what others remember of it for a moment would refuse the new ones. It stays valid.';

CREATE UNIQUE INDEX map_tokens_current ON platform.map_tokens (map_id) WHERE revoked_at IS NULL AND superseded_at IS NULL;
