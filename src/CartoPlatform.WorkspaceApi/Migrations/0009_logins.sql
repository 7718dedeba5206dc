ALTER TABLE platform.tokens ADD COLUMN login text CHECK (login ~ '^[A-Za-z0-9_-]{1,64}$');
ALTER TABLE platform.oauth_clients ADD COLUMN login text CHECK (login ~ '^[A-Za-z0-9_-]{1,64}$');

COMMENT ON COLUMN platform.tokens.login IS 'The login of each connection that its statements run under, so that its row-level security holds; null is the connection''s own.';
COMMENT ON COLUMN platform.oauth_clients.login IS 'The same for the tokens of the client.';
