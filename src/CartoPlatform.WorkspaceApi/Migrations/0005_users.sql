CREATE TABLE platform.users (
    id uuid PRIMARY KEY,
    account_id uuid NOT NULL REFERENCES platform.accounts ON DELETE CASCADE,
    email text NOT NULL CHECK (length(email) BETWEEN 3 AND 254 AND email = lower(email)),
    name text CHECK (length(name) BETWEEN 1 AND 200),
    role text NOT NULL CHECK (role IN ('Viewer', 'Editor', 'Admin', 'Superadmin')),
    password_hash text,
    is_active boolean NOT NULL DEFAULT true,
    failed_sign_ins int NOT NULL DEFAULT 0,
    locked_until timestamptz,
    issuer text,
    subject text CHECK ((subject IS NULL) = (issuer IS NULL)),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    signed_in_at timestamptz
);

COMMENT ON TABLE platform.users IS 'The people of an organisation. Without a password hash somebody signs in elsewhere (issuer and subject), or not at all.';
COMMENT ON COLUMN platform.users.issuer IS 'The OpenID Connect provider that knows this user, and under which subject.';

CREATE UNIQUE INDEX users_email ON platform.users (email);
CREATE UNIQUE INDEX users_subject ON platform.users (issuer, subject) WHERE subject IS NOT NULL;
CREATE INDEX users_of_account ON platform.users (account_id, email);

CREATE TABLE platform.groups (
    id uuid PRIMARY KEY,
    account_id uuid NOT NULL REFERENCES platform.accounts ON DELETE CASCADE,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (account_id, name)
);

COMMENT ON TABLE platform.groups IS 'Users with whom maps are shared together.';

CREATE TABLE platform.group_members (
    group_id uuid NOT NULL REFERENCES platform.groups ON DELETE CASCADE,
    user_id uuid NOT NULL REFERENCES platform.users ON DELETE CASCADE,
    is_external boolean NOT NULL DEFAULT false,
    PRIMARY KEY (group_id, user_id)
);

COMMENT ON COLUMN platform.group_members.is_external IS 'The provider says so at each sign-in; what people have set here stays.';

CREATE INDEX group_members_of_user ON platform.group_members (user_id);
