#!/bin/bash
# A read replica: copies the primary at its first start, and follows it. In an image of PostgreSQL, with the secret postgres-replication.
#
#   replica.sh PRIMARY SLOT [SETTING…]        a setting is an argument of postgres, such as -c shared_buffers=1GB
set -euo pipefail

primary="$1" slot="$2"
shift 2

if [[ "$(id -u)" == 0 ]]; then
    mkdir -p "$PGDATA"
    chown -R postgres:postgres "$PGDATA"
    chmod 700 "$PGDATA"
    exec setpriv --reuid=postgres --regid=postgres --init-groups -- bash "$0" "$primary" "$slot" "$@"
fi

export PGPASSWORD
PGPASSWORD="$(</run/secrets/postgres-replication)"
from="host=$primary user=carto_replication application_name=$slot"

# The slot keeps what this replica has not read yet. It is left over where the copy was lost.
copy() {
    pg_basebackup --dbname "$from" --pgdata "$PGDATA" --wal-method stream --checkpoint fast --write-recovery-conf --slot "$slot" "$@"
}

if [[ ! -s "$PGDATA/PG_VERSION" ]]; then
    until copy --create-slot || copy; do
        echo "The primary cannot be copied yet: once more in 3 s." >&2
        find "$PGDATA" -mindepth 1 -delete
        sleep 3
    done
fi
unset PGPASSWORD
exec postgres "$@"
