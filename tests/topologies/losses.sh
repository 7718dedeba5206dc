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

# cut_off ID NAME [COMMAND…]: from every network, as with a cable pulled out, for six seconds or as long as the command takes; back under
# the name that the others know.
cut_off() {
    local id="$1" name="$2" network networks status
    shift 2
    networks="$(docker inspect --format '{{range $name, $_ := .NetworkSettings.Networks}}{{$name}} {{end}}' "$id")"
    for network in $networks; do docker network disconnect --force "$network" "$id"; done
    if [[ $# -gt 0 ]]; then "$@"; else sleep 6; fi
    status=$?
    for network in $networks; do docker network connect --alias "$name" "$network" "$id"; done
    return $status
}

cut_costs_little() { costs_little cut_off "$(container "$1")" "$1" && until_state_healthy "$1" 120; }

restarted() { docker restart --time 80 "$(container "$1")" >/dev/null && until_state_healthy "$1" 120; }

restart_costs_nothing() { costs_nothing restarted "$1"; }

# Old and new instances work side by side meanwhile.
replaced() { CARTO_TAG="$CARTO_NEXT_TAG" platform up --detach --no-deps "$1" && until_state_healthy "$1" 120; }

update_costs_nothing() {
    costs_nothing replaced "$1" && [[ "$(docker inspect --format '{{.Config.Image}}' "$(container "$1")")" == *":$CARTO_NEXT_TAG" ]]
}
