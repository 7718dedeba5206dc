# Read by the entrypoint: lets read replicas in, where there is a password for them.
if [ -n "${CARTO_REPLICATION_PASSWORD:-}" ]; then
    psql -v ON_ERROR_STOP=1 --no-psqlrc --quiet --username "${POSTGRES_USER:-postgres}" --dbname postgres <<'END'
SET pg_stat_statements.track = 'none';
SET log_statement = 'none';
SET log_min_error_statement = 'panic';
SET log_min_duration_statement = -1;
\getenv password CARTO_REPLICATION_PASSWORD
SELECT 'CREATE ROLE carto_replication' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'carto_replication') \gexec
ALTER ROLE carto_replication LOGIN REPLICATION NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'password';
END
    printf '\nhost replication carto_replication all scram-sha-256\n' >>"$PGDATA/pg_hba.conf"
fi
