# Tier 3: what becomes of requests, and of what replicas share, when the primary Redis ends, stops or is cut off. Sourced by run.sh.

# Redis is what the services can do without: whichever of the two is the primary, and however it goes.
check_failover() {
    local how
    check "replicas share answers, limits, purges and revocations" replicas_share
    for how in killing pausing cutting; do
        check "$how Redis costs at most what was in flight, and the sentinels promote the other" fail_over "$how"
        check "front door answers after the fail-over" front_door_answers
        check "services go on with the Redis that is the primary now" redis_is_used
        check "replicas share again" replicas_share
        check "Redis that comes back becomes the standby" redis_comes_back
        check "replicas share as before" replicas_share
    done
}

# The primary of the moment, as the sentinels say.
redis_primary() { docker exec "$(container redis-sentinel-2)" redis-cli -p 26379 sentinel get-master-addr-by-name carto | head -1; }

# Until another one than SERVICE is the primary; the sentinels need a minute on a busy machine.
until_promoted() {
    local second
    for ((second = 0; second < 120; second++)); do
        [[ "$(redis_primary)" == "$1" ]] || { echo "promoted after $second s"; return 0; }
        sleep 1
    done
    echo "still $1"
    return 1
}

fail_over() {
    local before
    before="$(redis_primary)"
    echo "$before" >"$work/redis-before"
    case "$1" in
        killing) costs_little docker kill "$(container "$before")" && until_promoted "$before" ;;
        # Stopped, or away from every network, for as long as it takes, and then there again as if nothing had been.
        pausing) costs_little paused_until_promoted "$before" ;;
        cutting) costs_little cut_until_promoted "$before" ;;
    esac
}

paused_until_promoted() {
    local id
    id="$(container "$1")"
    docker pause "$id" && until_promoted "$1"
    local promoted=$?
    docker unpause "$id"
    return $promoted
}

cut_until_promoted() {
    cut_off "$(container "$1")" "$1" until_promoted "$1"
}

redis_command() { docker exec "$(container "$1")" sh -c 'REDISCLI_AUTH="$(cat /run/secrets/redis-password)" redis-cli "$@"' sh "${@:2}"; }

# within SECONDS COMMAND…: until it is so.
within() {
    local end=$((SECONDS + $1))
    shift
    until "$@"; do
        ((SECONDS < end)) || return 1
        sleep 1
    done
}

redis_is_used() { within 60 services_see_redis; }

# Every service that shares has a connection to the primary, and says of itself that it is there.
services_see_redis() {
    local primary service
    primary="$(redis_primary)"
    redis_command "$primary" role | head -1 | grep -q master && redis_command "$primary" client list >"$work/clients" || return 1
    for service in {edge,cache}-{1,2}; do
        connected_to_redis "$service" || { echo "$service has no connection to $primary"; return 1; }
        inside "$service" curl --silent --max-time 5 http://127.0.0.1:8081/health/ready | tr -d ' ' | tee /dev/stderr | grep -qi '"redis":{"status":"healthy"' || return 1
    done
}

connected_to_redis() {
    local address
    for address in $(addresses "$1"); do grep -q "addr=$address:" "$work/clients" && return 0; done
    return 1
}

redis_comes_back() {
    local before
    before="$(<"$work/redis-before")"
    # Where it was killed.
    docker start "$(container "$before")" >/dev/null
    until_state_healthy "$before" 60 && within 90 is_standby "$before"
}

is_standby() {
    redis_command "$1" role | tr '\n' ' ' | tee /dev/stderr | grep -q '^slave .* connected' && [[ "$(redis_primary)" != "$1" ]]
}

replicas_share() { within 60 answers_are_shared && within 60 purges_reach_all && within 30 limits_are_shared && revocations_reach_all; }

# What one cache got from the Maps API, the other has without asking: a tile that nobody has asked for before.
answers_are_shared() {
    local path one other
    path="${tile#"$base"}"
    path="$(sed "s/{z}/9/; s/{x}/$((RANDOM % 512))/; s/{y}/$((120 + RANDOM % 200))/" <<<"$path")"
    one="$(kept_by cache-1 "$path")"
    # It is written behind.
    sleep 1
    other="$(kept_by cache-2 "$path")"
    echo "$path: $one, then $other"
    [[ "$one" == MISS && "$other" == HIT ]]
}

kept_by() {
    inside edge-1 curl --silent --max-time 10 --output /dev/null --dump-header - -H "Authorization: Bearer $token" "http://$(address_for edge-1 "$1"):8080$2" |
        tr -d '\r' | sed -n 's/^[Xx]-[Cc]ache: //p'
}

# address_for FROM TO: that of TO which FROM reaches.
address_for() {
    local address
    for address in $(addresses "$2"); do
        inside "$1" timeout 3 bash -c "exec 3<>/dev/tcp/$address/8080" 2>/dev/null && { echo "$address"; return; }
    done
}

purges_reach_all() {
    local answer
    answer="$(ask -H 'Content-Type: application/json' --data '{"tags":["table:carto_dw/demo.nothing"]}' "$base/v3/cache/purge")"
    echo "$answer"
    grep -q '"silent":\[\]' <<<"$answer"
}

# By two edges that know nothing of each other the caller would get twice as much.
limits_are_shared() {
    local id text begun passed
    make_token '"limits":{"requests_per_minute":60,"burst":30},' || return 1
    begun=$SECONDS
    passed="$(curl --silent --parallel --parallel-max 4 --output /dev/null --write-out '%{http_code}\n' --cacert "$work/tls.crt" -H "Authorization: Bearer $text" "$base/v3/maps/carto_dw/table?name=demo.airports&again=[1-90]" | grep -c '^200$')"
    echo "$passed passed within $((SECONDS - begun)) s"
    ask --request DELETE "$base/v3/tokens/$id" >/dev/null
    ((passed >= 25 && passed <= 30 + SECONDS - begun + 5))
}

# Whoever has seen the token refuses it when the call that revokes it is answered.
revocations_reach_all() {
    local id text codes
    make_token "" || return 1
    codes="$(with_token)"
    ask --request DELETE "$base/v3/tokens/$id" >/dev/null
    codes+=" then $(with_token)"
    echo "$codes"
    [[ "$codes" == "20 200 then 20 401" ]]
}

with_token() {
    curl --silent --output /dev/null --write-out '%{http_code}\n' --cacert "$work/tls.crt" -H "Authorization: Bearer $text" "$base/v3/sql/carto_dw/query?q=SELECT+$RANDOM&again=[1-20]" |
        sort | uniq -c | awk '{printf "%s%s %s", separator, $1, $2; separator = " "}'
}

# make_token MEMBERS: sets id and text.
make_token() {
    local answer
    answer="$(ask -H 'Content-Type: application/json' --data "{\"name\":\"fail-over\",$1\"grants\":[{\"connection_name\":\"carto_dw\",\"source\":\"*\"}]}" "$base/v3/tokens")"
    id="$(grep -o '"id":"[^"]*"' <<<"$answer" | head -1 | cut -d'"' -f4)" text="$(grep -o '"token":"[^"]*"' <<<"$answer" | cut -d'"' -f4)"
    [[ -n "$id" && -n "$text" ]] || { echo "$answer"; return 1; }
}
