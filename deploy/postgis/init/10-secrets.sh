# Read by the entrypoint, not run: the scripts that follow find passwords in the environment, and here they come out of files.
for pair in CARTO_OWNER_PASSWORD=postgres-owner CARTO_READER_PASSWORD=postgres-reader CARTO_PLATFORM_PASSWORD=postgres-platform \
    CARTO_REPLICATION_PASSWORD=postgres-replication; do
    if [ -s "/run/secrets/${pair#*=}" ]; then
        export "${pair%%=*}=$(cat "/run/secrets/${pair#*=}")"
    fi
done
