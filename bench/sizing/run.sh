#!/usr/bin/env bash
# What one and what four Maps APIs carry with a fifth of a processor each, of tiles that they make themselves out of memory: requests a
# second, and processor time a request. Nobody keeps the tiles: neither caches nor the load.
#
#   bench/sizing/run.sh start | warm [SECONDS] | measure [SECONDS] | stop
#
# "warm" until all four hold the table and have compiled what they run most: with a fifth of a processor that takes a minute.
# SIZING_TABLE (demo.populated_places, 135,233 points) and ZOOM (5) choose the tiles, SIZING_CONNECTIONS (8) those of each Maps API.
# Needs a container engine, the images (deploy/build-images), wrk, psql, and CARTO_SAMPLES_FROM: a file that pg_dump wrote of the schema demo.
# Measure on a machine that does nothing else; its processors must be enough for the database and wrk besides.
set -euo pipefail

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
work="${SIZING_FOLDER:-/tmp/carto-sizing}"
export CARTO_SECRETS="$work/secrets"
connections="${SIZING_CONNECTIONS:-8}"

compose() {
    if docker compose version >/dev/null 2>&1; then docker compose "$@"; else docker-compose "$@"; fi
}
platform() { compose --project-name carto-sizing --file "$here/compose.yaml" "$@"; }
address() { docker inspect --format '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}' "$(platform ps -q "$1")"; }

# Nanoseconds of processor time that a container has taken, where either version of control groups says it.
cpu_of() {
    local id file
    id="$(docker inspect --format '{{.Id}}' "$(platform ps -q "$1")")"
    for file in "/sys/fs/cgroup/cpuacct/docker/$id/cpuacct.usage" "/sys/fs/cgroup/cpu,cpuacct/docker/$id/cpuacct.usage"; do
        [[ -e "$file" ]] && { cat "$file"; return; }
    done
    awk '$1 == "usage_usec" {print $2 * 1000}' "/sys/fs/cgroup/system.slice/docker-$id.scope/cpu.stat"
}

start() {
    mkdir -p "$work"
    "$here/../../deploy/make-secrets" "$CARTO_SECRETS"
    platform up --detach
    local owner="postgresql://carto_owner:$(<"$CARTO_SECRETS/postgres-owner")@$(address postgis):5432/carto_dw" name
    until psql "$owner" -c 'SELECT 1' >/dev/null 2>&1; do sleep 1; done
    psql --quiet --set ON_ERROR_STOP=1 "$owner" < <(grep -v 'TRIGGER carto_change' "$CARTO_SAMPLES_FROM") >/dev/null
    psql --quiet "$owner" -c 'ANALYZE'
    for name in one four; do until curl --silent --fail "http://$(address "$name"):8080/health/ready" >/dev/null; do sleep 1; done; done
    docker exec "$(platform ps -q workspace-api)" /app/service --owner-token | tail -1 >"$work/token"
}

# load BALANCER SECONDS CONNECTIONS: what wrk says.
load() { wrk --threads 1 --connections "$3" --duration "${2}s" --timeout 30s --latency --script "$here/tiles.lua" "http://$(address "$1"):8080"; }

# figures BALANCER SECONDS CONNECTIONS API…
figures() {
    local name="$1" seconds="$2" connections="$3" api before=0 after=0 database balancer
    shift 3
    load "$name" 5 "$connections" >/dev/null
    for api in "$@"; do before=$((before + $(cpu_of "$api"))); done
    database="$(cpu_of postgis)" balancer="$(cpu_of "$name")"
    load "$name" "$seconds" "$connections" >"$work/wrk-$name"
    for api in "$@"; do after=$((after + $(cpu_of "$api"))); done
    database=$(($(cpu_of postgis) - database)) balancer=$(($(cpu_of "$name") - balancer))
    local requests errors size
    requests="$(awk '/requests in/ {print $1}' "$work/wrk-$name")"
    errors="$(awk '/Non-2xx/ {print $NF}' "$work/wrk-$name")"
    size="$(awk '/requests in/ {print $5}' "$work/wrk-$name")"
    awk -v n="$#" -v r="$requests" -v s="$seconds" -v c=$((after - before)) -v d="$database" -v b="$balancer" -v e="${errors:-0}" -v z="$size" -v p="$(awk '/99%/ {print $2}' "$work/wrk-$name")" \
        'BEGIN {printf "%d Maps API: %.1f requests/s, %.2f ms of processor a request, %.2f processors; database %.2f, balancer %.2f; 99%% within %s; %s read; %d failed\n", n, r / s, c / r / 1e6, c / s / 1e9, d / s / 1e9, b / s / 1e9, p, z, e}'
}

# What wrk asks for, in its environment.
choose_tiles() {
    local map
    TOKEN="$(<"$work/token")"
    export TOKEN
    ask() { curl --silent --fail -H "Authorization: Bearer $TOKEN" "$1"; }
    map="$(ask "http://$(address one):8080/v3/maps/carto_dw/table?name=${SIZING_TABLE:-demo.populated_places}" | grep -o '"url":\["[^"]*"' | head -1 | cut -d'"' -f4 | sed 's/\\u0026/\&/g')"
    TILE="$(ask "$map" | grep -o '"tiles":\["[^"]*"' | cut -d'"' -f4 | sed -E 's/\\u0026/\&/g; s/^https?:..[^/]*//')"
    export TILE
}

warm() {
    choose_tiles
    load four "${1:-90}" $((4 * connections)) >/dev/null
}

measure() {
    local seconds="${1:-40}"
    choose_tiles
    figures one "$seconds" "$connections" maps-api-1
    figures four "$seconds" $((4 * connections)) maps-api-1 maps-api-2 maps-api-3 maps-api-4
}

case "${1:-}" in
    start) start ;;
    warm) warm "${@:2}" ;;
    measure) measure "${@:2}" ;;
    stop) platform down --volumes --timeout 5; rm -rf "$work" ;;
    *) sed -n '2,12s/^# \{0,1\}//p' "$0"; exit 2 ;;
esac
