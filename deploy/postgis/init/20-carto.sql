-- The platform's roles, their rights and its two databases, on a PostgreSQL 13+ server with PostGIS. For psql 15+, run by a superuser
-- with the three passwords in its environment; run again, it changes nothing that fits already but sets the passwords.
--
-- The PostGIS image runs it by itself when its data volume is empty. On a server of your own:
--   CARTO_OWNER_PASSWORD=… CARTO_READER_PASSWORD=… CARTO_PLATFORM_PASSWORD=… psql -f 20-carto.sql "host=… user=postgres dbname=postgres"
--
-- The embedded cluster is given the same by src/CartoPlatform.EmbeddedPostGis/Provisioning: what changes there changes here.

\set ON_ERROR_STOP on
\set owner_password ''
\set reader_password ''
\set platform_password ''
\getenv owner_password CARTO_OWNER_PASSWORD
\getenv reader_password CARTO_READER_PASSWORD
\getenv platform_password CARTO_PLATFORM_PASSWORD

-- psql sends what stands here: no log and no statistics of statements are to keep the passwords.
SET pg_stat_statements.track = 'none';
SET log_statement = 'none';
SET log_min_error_statement = 'panic';
SET log_min_duration_statement = -1;

SET client_min_messages = warning;
SELECT '' IN (:'owner_password', :'reader_password', :'platform_password') AS password_missing \gset
\if :password_missing
DO $$ BEGIN RAISE 'Set CARTO_OWNER_PASSWORD, CARTO_READER_PASSWORD and CARTO_PLATFORM_PASSWORD, none of them empty.'; END $$;
\endif

-- Roles

SELECT format('CREATE ROLE %I', name) FROM unnest(ARRAY['carto_owner', 'carto_reader', 'carto_platform']) AS name
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) \gexec

ALTER ROLE carto_owner LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD :'owner_password';
ALTER ROLE carto_reader LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD :'reader_password';
ALTER ROLE carto_platform LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD :'platform_password';

-- As a member the owner sees and ends the reader's sessions; pg_monitor would show those of everybody.
GRANT carto_reader TO carto_owner;
SELECT format('REVOKE %s FROM carto_owner', roleid::regrole) FROM pg_auth_members
WHERE member = 'carto_owner'::regrole AND roleid::regrole::text IN ('pg_monitor', 'pg_signal_backend') \gexec
ALTER ROLE carto_reader SET default_transaction_read_only = on;
ALTER ROLE carto_reader SET statement_timeout = '60s';
ALTER ROLE carto_reader SET idle_in_transaction_session_timeout = '60s';
ALTER ROLE carto_reader SET temp_file_limit = '2GB';

-- Databases, closed to everybody whom nobody has let in

SELECT format('CREATE DATABASE %I OWNER %I TEMPLATE template0 ENCODING ''UTF8''', name, owner)
FROM (VALUES ('carto_dw', 'carto_owner'), ('carto_platform', 'carto_platform')) AS wanted (name, owner)
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = name) \gexec

REVOKE ALL ON DATABASE carto_dw, carto_platform FROM PUBLIC;
GRANT CONNECT ON DATABASE carto_dw TO carto_reader;

-- Inside the users' database. The reader runs strangers' SQL: what PostgreSQL allows everybody and that writes, reaches into other
-- sessions, shows their queries or outlives a transaction, is taken away.

\connect carto_dw
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS postgis;
SELECT 'CREATE EXTENSION IF NOT EXISTS pg_stat_statements' WHERE current_setting('shared_preload_libraries') LIKE '%pg_stat_statements%' \gexec
-- What was kept before track_utility was off.
SELECT $sql$DO $reset$ BEGIN
    PERFORM pg_stat_statements_reset() WHERE EXISTS (SELECT FROM pg_stat_statements WHERE query ~* '\m(create|alter|do)\M.*\mpassword\M');
END $reset$ $sql$
WHERE current_setting('shared_preload_libraries') LIKE '%pg_stat_statements%' \gexec

ALTER SCHEMA public OWNER TO carto_owner;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE carto_owner GRANT USAGE ON SCHEMAS TO carto_reader;
ALTER DEFAULT PRIVILEGES FOR ROLE carto_owner GRANT SELECT ON TABLES TO carto_reader;
ALTER DEFAULT PRIVILEGES FOR ROLE carto_owner GRANT SELECT ON SEQUENCES TO carto_reader;

DO $rights$
DECLARE
    taken regprocedure;
BEGIN
    FOR taken IN
        SELECT oid::regprocedure FROM pg_proc
        WHERE (proname LIKE 'lo\_%'
            OR proname IN ('lowrite', 'pg_cancel_backend', 'pg_terminate_backend', 'pg_stat_get_activity', 'pg_prepared_statement', 'pg_cursor', 'pg_logical_emit_message')
            OR proname LIKE 'pg\_advisory\_lock%' OR proname LIKE 'pg\_advisory\_xact\_lock%' OR proname LIKE 'pg\_try\_advisory\_%'
            OR proname IN ('_postgis_stats', '_postgis_selectivity', '_postgis_join_selectivity', '_postgis_index_extent')
            OR proname LIKE 'pg\_stat\_get\_backend\_%' OR proname LIKE 'pg\_stat\_statements%')
            AND has_function_privilege('pg_monitor', oid, 'EXECUTE')
            AND (has_function_privilege('public', oid, 'EXECUTE') OR NOT has_function_privilege('carto_owner', oid, 'EXECUTE'))
    LOOP
        EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', taken);
        EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO pg_monitor, carto_owner', taken);
    END LOOP;
END
$rights$;
