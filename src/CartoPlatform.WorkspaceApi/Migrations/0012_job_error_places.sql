ALTER TABLE platform.jobs
    ADD COLUMN error_position int,
    ADD COLUMN error_line int,
    ADD COLUMN error_column int;

COMMENT ON COLUMN platform.jobs.error_position IS
    'With error_line and error_column: where in the query the database found what it refused, counted from 1; null where it says no place.';
