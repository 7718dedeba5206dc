#!/usr/bin/env bash
# What one and what four Maps APIs carry with a fifth of a processor each, of tiles that they make themselves out of memory: requests a
# second, and processor time a request. Nobody keeps the tiles: neither caches nor the load.
#
#   bench/sizing/run.sh start | warm [SECONDS] | measure [SECONDS] | stop
#
# "warm" until all four hold the table and have compiled what they run most: for that time each has up to a whole processor, since it takes
# half a minute of one. "measure" asks one, four, four and one, SECONDS each.
# SIZING_TABLE (demo.populated_places, 135,233 points) and ZOOM (4) choose the tiles, SIZING_CONNECTIONS (8) those of each Maps API,
# SIZING_ENCODING ("gzip, deflate, br", as browsers) how they come.
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
# By its labels, in full: docker-compose takes a second to say it.
container() { docker ps --quiet --no-trunc --filter label=com.docker.compose.project=carto-sizing --filter "label=com.docker.compose.service=$1"; }
address() { docker inspect --format '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}' "$(container "$1")"; }

# Nanoseconds of processor time that a container has taken, where either version of control groups says it.
cpu_of() {
    local id file
    id="$(container "$1")"
    for file in "/sys/fs/cgroup/cpuacct/docker/$id/cpuacct.usage" "/sys/fs/cgroup/cpu,cpuacct/docker/$id/cpuacct.usage"; do
        [[ -e "$file" ]] && { cat "$file"; return; }
    done
    awk '$1 == "usage_usec" {print $2 * 1000}' "/sys/fs/cgroup/system.slice/docker-$id.scope/cpu.stat"
}

# until_works COMMAND…: for at most five minutes.
until_works() {
    local end=$((SECONDS + 300))
    until "$@" >/dev/null 2>&1; do
        ((SECONDS < end)) || { echo "run.sh: still in vain: ${*/postgresql:*@/postgresql://…@}" >&2; return 1; }
        sleep 1
    done
}

start() {
    mkdir -p "$work"
    "$here/../../deploy/make-secrets" "$CARTO_SECRETS"
    platform up --detach
    local owner="postgresql://carto_owner:$(<"$CARTO_SECRETS/postgres-owner")@$(address postgis):5432/carto_dw" name
    until_works psql "$owner" -c 'SELECT 1'
    psql --quiet --set ON_ERROR_STOP=1 "$owner" < <(grep -v 'TRIGGER carto_change' "$CARTO_SAMPLES_FROM") >/dev/null
    psql --quiet "$owner" -c 'ANALYZE'
    for name in one four; do until_works curl --silent --fail "http://$(address "$name"):8080/health/ready"; done
    docker exec "$(container workspace-api)" /app/service --owner-token | tail -1 >"$work/token"
}

# load BALANCER SECONDS CONNECTIONS: what wrk says.
load() { wrk --threads 1 --connections "$3" --duration "${2}s" --timeout 30s --latency --script "$here/tiles.lua" "http://$(address "$1"):8080"; }

# total API…: nanoseconds of all of them.
total() {
    local api sum=0
    for api in "$@"; do sum=$((sum + $(cpu_of "$api"))); done
    echo "$sum"
}

# counted BALANCER SECONDS CONNECTIONS API…: a line of figures, into the file of that balancer: requests, failed, bytes as wrk writes them,
# 99 % within, and nanoseconds of the APIs, the database and the balancer.
counted() {
    local name="$1" seconds="$2" connections="$3" said="$work/wrk-$1" apis database balancer
    shift 3
    load "$name" 3 "$connections" >/dev/null
    apis="$(total "$@")" database="$(cpu_of postgis)" balancer="$(cpu_of "$name")"
    load "$name" "$seconds" "$connections" >"$said"
    apis=$(($(total "$@") - apis)) database=$(($(cpu_of postgis) - database)) balancer=$(($(cpu_of "$name") - balancer))
    echo "$(awk '/requests in/ {print $1}' "$said") $(awk '/Non-2xx/ {n = $NF} END {print n + 0}' "$said") $(awk '/requests in/ {print $5}' "$said")" \
        "$(awk '$1 == "99%" {print $2}' "$said") $apis $database $balancer" | tee -a "$work/counted-$name"
}

# figures BALANCER APIS SECONDS
figures() {
    awk -v n="$2" -v seconds="$3" '
        {requests += $1; failed += $2; read = read " " $3; within = within " " $4; apis += $5; database += $6; balancer += $7}
        END {
            s = seconds * NR
            printf "%d Maps API: %.1f requests/s, %.3f ms of processor a request, %.2f processors; database %.2f, balancer %.2f; 99%% within%s; read%s; %d failed\n",
                n, requests / s, apis / requests / 1e6, apis / s / 1e9, database / s / 1e9, balancer / s / 1e9, within, read, failed
        }' "$work/counted-$1"
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

limit() {
    local number
    for number in 1 2 3 4; do docker update --cpus "$1" "$(container "maps-api-$number")" >/dev/null; done
}

warm() {
    choose_tiles
    trap 'limit "${SIZING_CPUS:-0.2}"' EXIT
    limit 1
    load four "${1:-100}" $((4 * connections)) >/dev/null
}

# One, four, four, one: whatever else changes meanwhile falls on both alike.
measure() {
    local seconds="${1:-20}" name
    choose_tiles
    rm -f "$work"/counted-*
    for name in one four four one; do
        case "$name" in
            one) counted one "$seconds" "$connections" maps-api-1 ;;
            four) counted four "$seconds" $((4 * connections)) maps-api-1 maps-api-2 maps-api-3 maps-api-4 ;;
        esac
    done
    figures one 1 "$seconds"
    figures four 4 "$seconds"
    paste -d' ' "$work/counted-one" "$work/counted-four" |
        awk '{one += $1; four += $8; oneTime += $5; fourTime += $12} END {printf "%.2f times the requests of one, at %+.1f %% processor time a request\n", four / one, 100 * (fourTime / four / (oneTime / one) - 1)}'
}

case "${1:-}" in
    start) start ;;
    warm) warm "${@:2}" ;;
    measure) measure "${@:2}" ;;
    stop) platform down --volumes --timeout 5; rm -rf "$work" ;;
    *) sed -n '2,14s/^# \{0,1\}//p' "$0"; exit 2 ;;
esac
