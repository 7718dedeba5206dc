#!/bin/bash
# What the public image of PostgreSQL does at its start, as far as the platform and deploy/ use it: the first time it makes a cluster
# with POSTGRES_USER, POSTGRES_PASSWORD, POSTGRES_DB and POSTGRES_INITDB_ARGS and runs /docker-entrypoint-initdb.d on a server that
# listens on its socket only; then it runs the final one, with the arguments it was given.
set -euo pipefail

[[ "${1:-}" != -* ]] || set -- postgres "$@"
if [[ "$1" != postgres ]]; then
    exec "$@"
fi

if [[ "$(id -u)" == 0 ]]; then
    mkdir -p "$PGDATA"
    chown -R postgres:postgres "$PGDATA"
    chmod 700 "$PGDATA"
    exec setpriv --reuid=postgres --regid=postgres --init-groups -- "$0" "$@"
fi

user="${POSTGRES_USER:-postgres}"
database="${POSTGRES_DB:-$user}"

# Secrets come as files where they must not show in the environment.
if [[ -n "${POSTGRES_PASSWORD_FILE:-}" ]]; then
    POSTGRES_PASSWORD="$(<"$POSTGRES_PASSWORD_FILE")"
fi

make_cluster() {
    [[ -n "${POSTGRES_PASSWORD:-}" ]] || { echo "FATAL:  POSTGRES_PASSWORD is not set" >&2; exit 1; }
    # Unquoted: a list of arguments, as in the public image.
    # shellcheck disable=SC2086
    initdb --pgdata "$PGDATA" --username "$user" --pwfile <(printf '%s\n' "$POSTGRES_PASSWORD") ${POSTGRES_INITDB_ARGS:-}
    printf "\nlisten_addresses = '*'\n" >>"$PGDATA/postgresql.conf"
    printf '\nhost all all all scram-sha-256\n' >>"$PGDATA/pg_hba.conf"
}

fill_cluster() {
    # As in the public image: POSTGRES_INITDB_ARGS may ask for a password on the socket too, of the scripts as well.
    export PGPASSWORD="$POSTGRES_PASSWORD"
    local run=(psql -v ON_ERROR_STOP=1 --no-psqlrc --username "$user") file
    pg_ctl --pgdata "$PGDATA" --wait --options "-c listen_addresses=''" start
    [[ "$database" == postgres ]] || "${run[@]}" --dbname postgres -c "CREATE DATABASE \"$database\""
    "${run[@]}" --dbname "$database" -c 'CREATE EXTENSION IF NOT EXISTS postgis'
    for file in /docker-entrypoint-initdb.d/*; do
        case "$file" in
            *.sql) "${run[@]}" --dbname "$database" --file "$file" ;;
            # As the public image does: what it exports is there for those that follow.
            *.sh) if [[ -x "$file" ]]; then "$file"; else source "$file"; fi ;;
        esac
    done
    pg_ctl --pgdata "$PGDATA" --wait --mode fast stop
    unset PGPASSWORD
}

if [[ ! -s "$PGDATA/PG_VERSION" ]]; then
    make_cluster
    fill_cluster
fi
exec "$@"
