CREATE TABLE platform.jobs (
    id uuid PRIMARY KEY,
    account_id uuid NOT NULL,
    token_id uuid NOT NULL,
    connection_name text NOT NULL,
    query text NOT NULL CHECK (query <> ''),
    parameters text,
    may_write boolean NOT NULL,
    status text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'running', 'success', 'failure', 'cancelled')),
    cancel_requested boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT now(),
    not_before timestamptz NOT NULL DEFAULT now(),
    started_at timestamptz,
    finished_at timestamptz CHECK ((finished_at IS NOT NULL) = (status IN ('success', 'failure', 'cancelled'))),
    error text,
    rows_affected bigint,
    attempts int NOT NULL DEFAULT 0,
    lease uuid,
    lease_until timestamptz CHECK ((lease_until IS NOT NULL) = (status = 'running')),
    data_transaction text,
    is_atomic boolean NOT NULL DEFAULT true
)
-- Room for the changes of a lease on the row's own page.
WITH (fillfactor = 70);

COMMENT ON TABLE platform.jobs IS 'SQL jobs: the queue, and what became of them until their retention ends.';
COMMENT ON COLUMN platform.jobs.token_id IS 'Whose job it is. No foreign key: a token may go, its jobs stay for the owner.';
COMMENT ON COLUMN platform.jobs.may_write IS 'Whether it runs on the connection''s writing login; decided when it was made and checked again when it runs.';
COMMENT ON COLUMN platform.jobs.lease IS 'The claim of the worker that runs it; a worker whose claim is not here any more may change nothing.';
COMMENT ON COLUMN platform.jobs.data_transaction IS
    'Server and id of the transaction in the data database, written before the first statement runs: it tells later what became of it.';
COMMENT ON COLUMN platform.jobs.is_atomic IS 'False from when a statement runs that cannot be in a transaction: what became of it can be lost with its worker.';

CREATE INDEX jobs_pending ON platform.jobs (created_at, id) WHERE status = 'pending';
CREATE INDEX jobs_running ON platform.jobs (id) WHERE status = 'running';
CREATE INDEX jobs_of_token ON platform.jobs (token_id, created_at DESC, id DESC);
CREATE INDEX jobs_of_account ON platform.jobs (account_id, created_at DESC, id DESC);
CREATE INDEX jobs_finished ON platform.jobs (finished_at) WHERE finished_at IS NOT NULL;
