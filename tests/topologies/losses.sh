# Tier 3: what becomes of requests when one instance ends, stops or is cut off, and when it is replaced. Sourced by run.sh.

# The address of tiles of a table, with {z}, {x} and {y}.
tile_address() {
    local tilejson
    tilejson="$(ask "$base/v3/maps/carto_dw/table?name=demo.airports" | grep -o '"url":\["[^"]*"' | head -1 | cut -d'"' -f4 | sed 's/\\u0026/\&/g')"
    ask "$tilejson" | grep -o '"tiles":\["[^"]*"' | cut -d'"' -f4 | sed 's/\\u0026/\&/g'
}

# under_load COMMAND…: requests go on for three seconds before, while something happens, and seven after. Sets what came of them.
under_load() {
    local load
    rm -f "$work/events"
    mkfifo "$work/events"
    CARTO_TOKEN="$token" NODE_EXTRA_CA_CERTS="$work/tls.crt" node "$here/load.mjs" "$base" "$tile" "${CARTO_TEST_RATE:-40}" <"$work/events" >"$work/load" &
    load=$!
    exec 4>"$work/events"
    sleep 3
    echo event >&4
    "$@"
    local happened=$?
    sleep 7
    exec 4>&-
    wait "$load"
    cat "$work/load"
    echo "#   $* : $(<"$work/load")" >&3
    all="$(number all)" failed="$(number failed)" in_flight="$(number mostInFlight)"
    [[ $happened == 0 ]] || echo "what was to happen ended with $happened"
    return $happened
}

number() { grep -o "\"$1\":[0-9]*" "$work/load" | cut -d: -f2; }

# At most what was in flight, and one in a hundred.
costs_little() {
    under_load "$@"
    ((all > 200 && failed <= in_flight && failed * 100 <= all))
}

costs_nothing() { under_load "$@" && ((all > 200 && failed == 0)); }

# Docker takes a killed container for one that its operator has stopped, and leaves it.
kill_costs_little() {
    local id passed=0
    id="$(container "$1")"
    costs_little docker kill "$id" || passed=1
    docker start "$id" >/dev/null
    until_state_healthy "$1" 120 && return $passed
}

# For as long as a switch takes to come back: connections stand, and nothing comes.
paused() { docker pause "$1" && sleep 6 && docker unpause "$1"; }

pause_costs_little() { costs_little paused "$(container "$1")" && until_state_healthy "$1" 120; }

# From every network, as with a cable pulled out; back under the name that the others know.
cut_off() {
    local id="$1" name="$2" network networks
    networks="$(docker inspect --format '{{range $name, $_ := .NetworkSettings.Networks}}{{$name}} {{end}}' "$id")"
    for network in $networks; do docker network disconnect --force "$network" "$id"; done
    sleep 6
    for network in $networks; do docker network connect --alias "$name" "$network" "$id"; done
}

cut_costs_little() { costs_little cut_off "$(container "$1")" "$1" && until_state_healthy "$1" 120; }

restarted() { docker restart --time 80 "$(container "$1")" >/dev/null && until_state_healthy "$1" 120; }

restart_costs_nothing() { costs_nothing restarted "$1"; }

# Old and new instances work side by side meanwhile.
replaced() { CARTO_TAG="$CARTO_NEXT_TAG" platform up --detach --no-deps "$1" && until_state_healthy "$1" 120; }

update_costs_nothing() {
    costs_nothing replaced "$1" && [[ "$(docker inspect --format '{{.Config.Image}}' "$(container "$1")")" == *":$CARTO_NEXT_TAG" ]]
}

# Redis is what the services can do without: whichever of the two is the primary, and however it goes.
check_failover() {
    local how
    for how in killing pausing cutting; do
        check "$how Redis costs at most what was in flight, and the sentinels promote the other" fail_over "$how"
        check "front door answers after the fail-over" front_door_answers
        check "services go on with the Redis that is the primary now" redis_is_used
        check "Redis that comes back becomes the standby" redis_comes_back
    done
}

# The primary of the moment, as the sentinels say.
redis_primary() { docker exec "$(container redis-sentinel-2)" redis-cli -p 26379 sentinel get-master-addr-by-name carto | head -1; }

fail_over() {
    local before second
    before="$(redis_primary)"
    echo "$before" >"$work/redis-before"
    case "$1" in
        killing) costs_little docker kill "$(container "$before")" ;;
        pausing) costs_little paused "$(container "$before")" ;;
        cutting) costs_little cut_off "$(container "$before")" "$before" ;;
    esac || return 1
    for ((second = 0; second < 60; second++)); do
        [[ "$(redis_primary)" == "$before" ]] || return 0
        sleep 1
    done
    echo "still $before"
    return 1
}

redis_command() { docker exec "$(container "$1")" sh -c 'REDISCLI_AUTH="$(cat /run/secrets/redis-password)" redis-cli "$@"' sh "${@:2}"; }

# Every service that uses one has a connection to it, and says so of itself.
redis_is_used() {
    local primary second
    primary="$(redis_primary)"
    for ((second = 0; second < 60; second++)); do
        redis_command "$primary" role | head -1 | grep -q master && redis_command "$primary" client list >"$work/clients" &&
            (($(grep -c 'name=' "$work/clients") > 6)) && services_see_redis && return 0
        sleep 1
    done
    cat "$work/clients"
    return 1
}

services_see_redis() {
    local service
    for service in edge-1 edge-2 cache-1 cache-2 maps-api-1 maps-api-2; do
        inside "$service" curl --silent --max-time 5 http://127.0.0.1:8081/health/ready | tr -d ' ' | tee /dev/stderr | grep -qi '"redis":{"status":"healthy"' || return 1
    done
}

redis_comes_back() {
    local before primary second
    before="$(<"$work/redis-before")"
    # Where it was killed.
    docker start "$(container "$before")" >/dev/null
    until_state_healthy "$before" 60 || return 1
    for ((second = 0; second < 60; second++)); do
        primary="$(redis_primary)"
        [[ "$primary" != "$before" ]] && redis_command "$before" role | head -1 | grep -q slave && return 0
        sleep 1
    done
    echo "the primary is $primary"
    redis_command "$before" role
    return 1
}
