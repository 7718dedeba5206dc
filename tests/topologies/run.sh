#!/usr/bin/env bash
# Starts a topology in containers from deploy/NAME/compose.yaml and tests it through its front door, and from inside.
#
#   tests/topologies/run.sh NAME [SUITE…]      NAME: standard, tier1, tier2 or tier3; SUITE: of tests/clients/suites, all unless given
#
# CARTO_NEXT_TAG names images of another version: Tier 3 is then updated to it, instance by instance, under load.
#
# Needs a container engine, the images (deploy/build-images; CARTO_POSTGIS_IMAGE and CARTO_REDIS_IMAGE name those of the stores), psql and
# a built platform, whose sample data it takes. Prints "ok" and "not ok" lines and ends with 0 if all is well.
set -uo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
topology="$1"
shift
work="$(mktemp -d)"
failures=0 tests=0

compose() {
    if docker compose version >/dev/null 2>&1; then docker compose "$@"; else docker-compose "$@"; fi
}

platform() {
    local files=(--file "$root/deploy/$topology/compose.yaml")
    [[ ! -e "$root/deploy/$topology/compose.database.yaml" ]] || files+=(--file "$root/deploy/$topology/compose.database.yaml")
    compose --project-name "$project" "${files[@]}" "$@"
}

# check NAME COMMAND…
check() {
    local name="$1"
    shift
    tests=$((tests + 1))
    if "$@" >"$work/check" 2>&1; then
        echo "ok $tests - $topology: $name"
    else
        echo "not ok $tests - $topology: $name"
        # Of a suite what has failed in it, of anything else its end.
        { grep -A14 '^ *not ok' "$work/check" || tail -20 "$work/check"; } | head -60 | sed 's/^/    /'
        failures=$((failures + 1))
    fi
}

container() { platform ps -q "$1"; }
address() { docker inspect --format '{{range .NetworkSettings.Networks}}{{.IPAddress}} {{end}}' "$(container "$1")" | awk '{print $1}'; }
# Every address of a service, one for each of its networks.
addresses() { docker inspect --format '{{range .NetworkSettings.Networks}}{{.IPAddress}} {{end}}' "$(container "$1")"; }
state() { docker inspect --format '{{.State.Health.Status}}' "$(container "$1")"; }

until_healthy() {
    local service
    for service in $(platform config --services); do
        for ((second = 0; second < 240; second++)); do
            [[ "$(state "$service" 2>/dev/null)" != healthy ]] || continue 2
            sleep 1
        done
        echo "$service is $(state "$service")"
        platform logs --tail 20 "$service"
        return 1
    done
}

finish() {
    platform down --volumes --timeout 10 >"$work/down" 2>&1
    check "uninstalling leaves nothing behind" nothing_left
    rm -rf "$work"
    echo "# $topology: $tests tests, $failures failed"
    [[ $failures == 0 ]]
}

nothing_left() {
    [[ -z "$(docker ps -aq --filter "label=com.docker.compose.project=$project")" ]] &&
        [[ -z "$(docker volume ls -q --filter "label=com.docker.compose.project=$project")" ]] &&
        [[ -z "$(docker network ls -q --filter "label=com.docker.compose.project=$project")" ]]
}

# reaches FROM TO PORT: from inside, without a tool in the image: the network namespace of the container is entered.
reaches() {
    local target pid
    pid="$(docker inspect --format '{{.State.Pid}}' "$(container "$1")")"
    for target in $(addresses "$2"); do
        if timeout 3 nsenter --target "$pid" --net -- bash -c "exec 3<>/dev/tcp/$target/$3" 2>/dev/null; then
            echo "$1 reaches $2 at $target:$3"
            return 0
        fi
    done
    echo "$1 does not reach $2 on port $3"
    return 1
}

# From a platform, or out of a file that pg_dump wrote from one. Its triggers are the other platform's: this one makes its own.
samples() {
    if [[ -f "$CARTO_SAMPLES_FROM" ]]; then cat "$CARTO_SAMPLES_FROM"; else pg_dump --no-owner --schema demo "$CARTO_SAMPLES_FROM"; fi |
        grep -v 'TRIGGER carto_change'
}
export -f samples

reaches_not() { ! reaches "$@"; }

only_entry_is_published() {
    local ports
    ports="$(docker ps --filter "label=com.docker.compose.project=$project" --format '{{.Ports}}' | tr ',' '\n' | grep -o '[0-9.]*:[0-9]*->[0-9]*' | grep -v '^127\.0\.0\.1:.*->5432' | sort -u)"
    echo "$ports"
    [[ "$(wc -l <<<"$ports")" == 1 && "$ports" == *":$CARTO_PORT->8443" ]]
}

front_door_answers() {
    curl --silent --fail --cacert "$work/tls.crt" "$base/health" | grep -q healthy &&
        curl --silent --fail --cacert "$work/tls.crt" -H "Authorization: Bearer $token" "$base/v3/sql/carto_dw/query?q=SELECT+1+AS+one" | grep -q '"one":1'
}

pages_are_served() { curl --silent --fail --cacert "$work/tls.crt" "$base/" | grep -qi '<html'; }

runs_without_rights() {
    local id user
    for id in $(docker ps -q --filter "label=com.docker.compose.project=$project"); do
        docker inspect --format '{{.Config.Image}} {{.Config.User}} {{.HostConfig.ReadonlyRootfs}} {{.HostConfig.CapDrop}}' "$id"
    done | grep -v postgis | tee /dev/stderr | awk '$2 == "" || $2 ~ /^(0|root)/ || $3 != "true" || $4 != "[ALL]" { bad = 1 } END { exit bad }'
}

suite_passes() {
    CARTO_BASE_URL="$base" CARTO_TOKEN="$token" CARTO_CONNECTION=carto_dw CARTO_POSTGRES="$postgres" CARTO_TEST_REPORTER=tap CARTO_TEST_STRANGER=1 \
        NODE_EXTRA_CA_CERTS="$work/tls.crt" "$root/tests/clients/run.sh" "$1"
}

replicas_follow() {
    local replica
    for replica in postgis-replica-1 postgis-replica-2; do
        PGPASSWORD="$owner_password" psql -At "host=$(address "$replica") user=carto_owner dbname=carto_dw" -c 'SELECT pg_is_in_recovery(), count(*) FROM demo.airports' | tee /dev/stderr | grep -q '^t|5210$' || return 1
    done
}

redis_primary() { docker exec "$(container redis-sentinel-2)" redis-cli -p 26379 sentinel get-master-addr-by-name carto | head -1; }

sentinels_promote_the_standby() {
    docker kill "$(container redis)" >/dev/null
    for ((second = 0; second < 60; second++)); do
        [[ "$(redis_primary)" != redis-standby ]] || return 0
        sleep 1
    done
    redis_primary
    return 1
}

ask() { curl --silent --fail --max-time 20 --cacert "$work/tls.crt" -H "Authorization: Bearer $token" "$@"; }

# Where tile 4/8/5 of a table is.
tile_address() {
    local tilejson
    tilejson="$(ask "$base/v3/maps/carto_dw/table?name=demo.airports" | grep -o '"url":\["[^"]*"' | head -1 | cut -d'"' -f4 | sed 's/\\u0026/\&/g')"
    ask "$tilejson" | grep -o '"tiles":\["[^"]*"' | cut -d'"' -f4 | sed 's/\\u0026/\&/g; s/{z}/4/; s/{x}/8/; s/{y}/5/'
}

# Tiles that a cache may know and such that none can know, and queries.
one_of() {
    case $((RANDOM % 3)) in
        0) echo "$tile" ;;
        1) echo "$tile&again=$RANDOM$RANDOM" ;;
        2) echo "$base/v3/sql/carto_dw/query?q=SELECT+count(*)+FROM+demo.airports+WHERE+$RANDOM+%3E%3D+0" ;;
    esac
}

# Requests go on while something happens: load COMMAND… prints how many failed of how many.
under_load() {
    local log="$work/load" asking=() caller
    rm -f "$work/loaded"
    : >"$log"
    for caller in 1 2 3 4; do
        while [[ -e "$work/loading" || ! -e "$work/loaded" ]]; do
            curl --silent --output /dev/null --max-time 20 --cacert "$work/tls.crt" -H "Authorization: Bearer $token" --write-out '%{http_code}\n' \
                "$(one_of)" >>"$log"
        done &
        asking+=($!)
    done
    touch "$work/loading"
    sleep 3
    "$@" >>"$work/check" 2>&1
    sleep 7
    touch "$work/loaded"
    rm -f "$work/loading"
    wait "${asking[@]}"
    rm -f "$work/loaded"
    local all failed
    all="$(wc -l <"$log")" failed="$(grep -vc '^200$' "$log")"
    echo "$failed of $all requests failed: $(sort "$log" | uniq -c | tr '\n' ' ')"
    echo "# $* : $failed of $all requests failed" >&3
    echo "$failed $all" >"$work/result"
}

# At most those that were in flight on it, one for each caller, and one in a hundred.
kill_costs_little() {
    under_load docker kill "$(container "$1")"
    read -r failed all <"$work/result"
    docker start "$(container "$1")" >/dev/null 2>&1
    (( failed <= 4 && all > 20 ))
}

# For as long as a switch takes to come back: connections stand, and nothing comes.
paused() { docker pause "$1" && sleep 6 && docker unpause "$1"; }

# From every network, as with a cable pulled out; back under the name that the others know.
cut_off() {
    local id="$1" name="$2" network networks
    networks="$(docker inspect --format '{{range $name, $_ := .NetworkSettings.Networks}}{{$name}} {{end}}' "$id")"
    for network in $networks; do docker network disconnect --force "$network" "$id"; done
    sleep 6
    for network in $networks; do docker network connect --alias "$name" "$network" "$id"; done
}

pause_costs_little() {
    under_load paused "$(container "$1")"
    read -r failed all <"$work/result"
    (( failed <= 4 && all > 20 ))
}

cut_costs_little() {
    under_load cut_off "$(container "$1")" "$1"
    read -r failed all <"$work/result"
    (( failed <= 4 && all > 20 ))
}

# Old and new instances work side by side meanwhile.
replaced() {
    CARTO_TAG="$CARTO_NEXT_TAG" platform up --detach --no-deps "$1" || return 1
    for ((second = 0; second < 120; second++)); do
        [[ "$(state "$1")" != healthy ]] || return 0
        sleep 1
    done
    return 1
}

update_costs_nothing() {
    under_load replaced "$1"
    read -r failed all <"$work/result"
    (( failed == 0 && all > 20 )) && [[ "$(docker inspect --format '{{.Config.Image}}' "$(container "$1")")" == *":$CARTO_NEXT_TAG" ]]
}

restart_costs_nothing() {
    under_load docker restart --time 80 "$(container "$1")"
    read -r failed all <"$work/result"
    (( failed == 0 && all > 20 ))
}

exec 3>&1
project="carto-$topology-$$"
export CARTO_SECRETS="$work/secrets" CARTO_TLS=tls CARTO_PORT="${CARTO_PORT:-18443}" CARTO_BIND=127.0.0.1 CARTO_DATABASE_PORT="${CARTO_DATABASE_PORT:-18432}"
base="https://127.0.0.1:$CARTO_PORT"
"$root/deploy/make-secrets" "$CARTO_SECRETS" || exit 1
owner_password="$(<"$CARTO_SECRETS/postgres-owner")"
trap 'finish; exit $?' EXIT

check "compose file is valid" platform config --quiet
check "everything starts" platform up --detach
check "everything is healthy" until_healthy
[[ $failures == 0 ]] || exit 1

api=workspace-api
case "$topology" in
    standard | tier1) api=standalone entry=standalone ;;
    tier2) entry=edge ;;
    tier3) api=workspace-api-1 entry=balancer ;;
esac
token="$(docker exec "$(container "$api")" /app/service --owner-token | tail -1)"
docker cp "$(container "$entry"):/data/tls/tls.crt" "$work/tls.crt" >/dev/null
postgres="postgresql://carto_owner:$owner_password@$(address postgis):5432/carto_dw"

check "front door answers over TLS" front_door_answers
check "web page is served" pages_are_served
check "only the entry publishes a port" only_entry_is_published
check "containers run without rights" runs_without_rights

if [[ "$topology" == tier[23] ]]; then
    suffix=""
    [[ "$topology" == tier2 ]] || suffix=-1
    check "edge does not reach the database" reaches_not "edge$suffix" postgis 5432
    check "cache does not reach the database" reaches_not "cache$suffix" postgis 5432
    check "edge reaches the Maps API" reaches "edge$suffix" "maps-api$suffix" 8080
    check "Maps API reaches the database" reaches "maps-api$suffix" postgis 5432
    check "worker does not reach Redis" reaches_not "worker$suffix" redis 6379
    [[ "$topology" == tier2 ]] || check "balancer reaches no API" reaches_not balancer maps-api-1 8080
fi

if [[ -n "${CARTO_SAMPLES_FROM:-}" ]]; then
    check "sample data are taken over" bash -o pipefail -c "samples | psql --quiet --set ON_ERROR_STOP=1 '$postgres'"
    for suite in "${@:-$(cd "$root/tests/clients/suites" && ls | sed -n 's/\.test\.js$//p')}"; do
        for one in $suite; do check "client suite $one" suite_passes "$one"; done
    done
fi

if [[ "$topology" == tier3 && -n "${CARTO_SAMPLES_FROM:-}" ]]; then
    check "read replicas follow" replicas_follow
    tile="$(tile_address)"
    for service in edge-1 cache-1 maps-api-1 sql-api-1 workspace-api-1 postgis-replica-1; do
        check "killing $service costs at most what was in flight on it" kill_costs_little "$service"
    done
    check "everything is healthy again" until_healthy
    for service in edge-1 cache-1 maps-api-1 sql-api-1 workspace-api-1 redis postgis-replica-2; do
        check "pausing $service costs at most what was in flight on it" pause_costs_little "$service"
    done
    for service in edge-1 cache-1 maps-api-1 sql-api-1 workspace-api-1; do
        check "cutting $service off costs at most what was in flight on it" cut_costs_little "$service"
    done
    check "everything is healthy after that" until_healthy
    for service in edge-2 cache-2 maps-api-2 sql-api-2 workspace-api-2; do
        check "restarting $service costs no request" restart_costs_nothing "$service"
    done
    if [[ -n "${CARTO_NEXT_TAG:-}" ]]; then
        for service in workspace-api-1 maps-api-1 sql-api-1 worker-1 cache-1 edge-1; do
            check "updating $service costs no request" update_costs_nothing "$service"
        done
    fi
    check "sentinels promote the standby" sentinels_promote_the_standby
    check "front door answers after the fail-over" front_door_answers
fi
