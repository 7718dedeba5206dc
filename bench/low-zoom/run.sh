#!/usr/bin/env bash
# The tile 0/0/0 of ten million points: while the overview of the table is built, with it, and by ST_AsMVT from all rows. Prints times, what
# the answers say of themselves, and the memory of the process at most. Takes some three minutes and 2 GB of disk.
#
#   bench/low-zoom/run.sh [ROWS]
set -euo pipefail
cd "$(dirname "$0")/../.."
rows="${1:-10000000}"
data="$(mktemp -d)"
trap './carto down --data "$data" --remove-data >/dev/null; rm -rf "$data"' EXIT
./carto up --data "$data" --port "${CARTO_PORT:-8099}" --no-sample --detach >/dev/null
read -r url token pid < <(./carto status --data "$data" --json | python3 -c '
import json, sys
status = json.load(sys.stdin)
print(status["baseUrl"], status["token"], next(service["pid"] for service in status["services"] if service["name"] == "standalone"))')

# About three times as many points in the middle of the map as at its edges.
./carto psql --data "$data" -q -c "CREATE TABLE public.many AS SELECT i AS id, (i % 97)::float8 AS v,
    ST_SetSRID(ST_MakePoint((random() + random() + random()) * 120 - 180, (random() + random()) * 80 - 80), 4326)::geometry(Point, 4326) AS geom
    FROM generate_series(1, $rows) AS i" -c "ALTER TABLE public.many ADD PRIMARY KEY (id)" -c "CREATE INDEX ON public.many USING gist (geom)" -c "ANALYZE public.many"

headers="$data/headers"
for ((i = 0; i < 20; i++)); do
  time="$(curl -s -o /dev/null -D "$headers" -w '%{time_total} s, %{http_code}, %{size_download} bytes' -H "Authorization: Bearer $token" -H 'Cache-Control: no-store' \
    "$url/v3/maps/carto_dw/table/0/0/0?name=public.many")"
  echo "tile: $time$(grep -i '^x-carto-tile' "$headers" | tr -d '\r' | sed 's/^/, /' | tr -d '\n')"
  sleep 2
done
grep VmHWM "/proc/$pid/status"
./carto psql --data "$data" -q -c 'SET statement_timeout = 0' -c '\timing on' -c "SELECT length(ST_AsMVT(t, 'default', 4096, 'g')) AS st_asmvt_bytes FROM (
    SELECT ST_AsMVTGeom(ST_Transform(geom, 3857), ST_TileEnvelope(0, 0, 0)) AS g, id, v FROM public.many) AS t"
