-- One at a time, and in a schema that nobody else has.
SELECT pg_advisory_xact_lock(4712010502);

DO $check$
BEGIN
    IF EXISTS (SELECT FROM pg_namespace n JOIN pg_roles r ON r.oid = n.nspowner WHERE n.nspname = 'carto' AND NOT r.rolsuper) THEN
        RAISE 'The schema carto belongs to somebody else: rename it, and run this again.' USING ERRCODE = 'duplicate_schema';
    END IF;
END
$check$;

CREATE SCHEMA IF NOT EXISTS carto;
GRANT USAGE ON SCHEMA carto TO PUBLIC;
