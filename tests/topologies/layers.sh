# What is published, who reaches whom, with which rights; and a look at every port from outside. Sourced by run.sh.

check_layers() {
    check "web page is served" pages_are_served
    check "only the entry publishes a port" only_entry_is_published
    check "containers run without rights" runs_without_rights
    [[ "$topology" == tier[23] ]] || return 0
    check "edge does not reach the database" reaches_not "edge$suffix" postgis 5432
    check "cache does not reach the database" reaches_not "cache$suffix" postgis 5432
    check "edge reaches the Maps API" reaches "edge$suffix" "maps-api$suffix" 8080
    check "Maps API reaches the database" reaches "maps-api$suffix" postgis 5432
    check "worker does not reach Redis" reaches_not "worker$suffix" redis 6379
    check "Redis answers nobody without its password" redis_is_closed
    if [[ "$topology" == tier3 ]]; then
        check "edge does not reach a read replica" reaches_not edge-1 postgis-replica-1 5432
        check "balancer reaches no API" reaches_not balancer maps-api-1 8080
        check "balancer does not reach Redis" reaches_not balancer redis 6379
    fi
}

pages_are_served() { ask "$base/" | grep -qi '<html'; }

only_entry_is_published() {
    local ports
    # The database of Tier 1 is on a machine of its own: here that is this one, for itself.
    ports="$(docker ps --filter "label=com.docker.compose.project=$project" --format '{{.Ports}}' | tr ',' '\n' | grep -e '->' | grep -v '127\.0\.0\.1:.*->5432' | grep -o '[0-9]*->[0-9]*' | sort -u)"
    echo "$ports"
    [[ "$ports" == "$CARTO_PORT->8443" ]]
}

runs_without_rights() {
    local id
    for id in $(docker ps -q --filter "label=com.docker.compose.project=$project"); do
        docker inspect --format '{{.Config.Image}} {{.Config.User}} {{.HostConfig.ReadonlyRootfs}} {{.HostConfig.CapDrop}}' "$id"
    done | grep -v postgis | tee /dev/stderr | awk '$2 == "" || $2 ~ /^(0|root)/ || $3 != "true" || $4 != "[ALL]" { bad = 1 } END { exit bad }'
}

# inside SERVICE COMMAND…: from inside, without a tool in the image: the network namespace of the container is entered.
inside() {
    local pid
    pid="$(process "$1")"
    shift
    nsenter --target "$pid" --net -- "$@"
}

# reaches FROM TO PORT
reaches() {
    local target
    for target in $(addresses "$2"); do
        if inside "$1" timeout 3 bash -c "exec 3<>/dev/tcp/$target/$3" 2>/dev/null; then
            echo "$1 reaches $2 at $target:$3"
            return 0
        fi
    done
    echo "$1 does not reach $2 on port $3"
    return 1
}

reaches_not() { ! reaches "$@"; }

redis_is_closed() { docker exec "$(container redis)" redis-cli ping 2>&1 | tee /dev/stderr | grep -q NOAUTH; }

replicas_follow() {
    local replica
    for replica in postgis-replica-1 postgis-replica-2; do
        PGPASSWORD="$owner_password" psql -At "host=$(address "$replica") user=carto_owner dbname=carto_dw" -c 'SELECT pg_is_in_recovery(), count(*) FROM demo.airports' | tee /dev/stderr | grep -q '^t|5210$' || return 1
    done
}

# Every port of this machine's address, and every one that listens in a container, from two places: a machine beside this one (a network namespace on a cable
# of its own, which routes everything through here), and a container that is in none of the platform's networks.
check_scan() {
    outside_begins || { outside_ends; check "a place outside can be made" false; return; }
    check "scanner outside finds what is there" outside_scan_works
    check "scan of this machine from outside finds the entry's port alone" only_entry_is_found outside "$outside_host"
    check "scan of the containers from outside finds nothing else" nothing_else_is_found outside
    check "scan of this machine from another container finds the entry's port alone" only_entry_is_found stranger "$stranger_host"
    check "scan of the containers from another container finds nothing else" nothing_else_is_found stranger
    if [[ "$topology" == tier[23] ]]; then
        local from
        for from in "edge$suffix" "cache$suffix" $([[ "$topology" == tier2 ]] || echo balancer); do
            check "scan of the data layer from $from finds nothing" data_layer_is_closed "$from"
        done
    fi
    outside_ends
}

outside_host=198.18.77.1
space="carto-outside-$$" outside_is_there=false

outside_begins() {
    outside_is_there=true
    ip netns add "$space" && ip link add "cartoout$$" type veth peer name eth0 netns "$space" &&
        ip addr add "$outside_host/30" dev "cartoout$$" && ip link set "cartoout$$" up &&
        ip netns exec "$space" ip addr add 198.18.77.2/30 dev eth0 && ip netns exec "$space" ip link set eth0 up &&
        ip netns exec "$space" ip route add default via "$outside_host" || return 1
    docker network create "$space" >/dev/null
    stranger="$(docker run --detach --rm --network "$space" --entrypoint sleep "${CARTO_REDIS_IMAGE:-redis:7.4}" 1800)"
    stranger_host="$(docker network inspect --format '{{(index .IPAM.Config 0).Gateway}}' "$space")"
}

# Also of what has been made in part.
outside_ends() {
    $outside_is_there || return 0
    outside_is_there=false
    {
        docker rm --force "${stranger:-none}"
        docker network rm "$space"
        ip netns delete "$space"
    } >/dev/null 2>&1
}

# scan FROM TARGET…
scan() {
    local from="$1"
    shift
    case "$from" in
        outside) ip netns exec "$space" node "$here/scan.mjs" "$@" ;;
        stranger) nsenter --target "$(docker inspect --format '{{.State.Pid}}' "$stranger")" --net -- node "$here/scan.mjs" "$@" ;;
        *) inside "$from" node "$here/scan.mjs" "$@" ;;
    esac
}

# A scanner that finds nothing must be known to find something: a listener of this machine on the way that the scan takes.
outside_scan_works() {
    local listener found
    node -e 'require("net").createServer().listen(0, process.argv[1], function () { console.log(this.address().port) })' "$outside_host" >"$work/listening" &
    listener=$!
    until [[ -s "$work/listening" ]]; do sleep 0.1; done
    found="$(scan outside "$outside_host:$(<"$work/listening")")"
    kill "$listener"
    echo "$found"
    [[ "$found" == "$outside_host:$(<"$work/listening")" ]]
}

# What other programs of this machine listen on, and what other containers publish (docker's proxy forwards that), is not the platform's;
# they come and go while the scan goes on.
only_entry_is_found() {
    listening_here >"$work/others"
    scan "$1" "$2:1-65535" | sed 's/.*://' | sort >"$work/found"
    listening_here >>"$work/others"
    comm -23 "$work/found" <(sort -u "$work/others") | tee /dev/stderr >"$work/ours"
    [[ "$(<"$work/ours")" == "$CARTO_PORT" ]]
}

listening_here() {
    ss --no-header --listening --tcp --numeric --processes | grep -v docker-proxy | awk '{print $4}' | sed 's/.*://'
    docker ps --format '{{.Label "com.docker.compose.project"}} {{.Ports}}' | grep -v "^$project " | grep -o ':[0-9]*->' | tr -d ':>-'
}

# listening SERVICE: its ports, of which each is on every address of it.
listening() {
    local pid
    pid="$(process "$1")"
    # In hexadecimal; state 0A is listening; not those that only the container itself reaches (127.0.0.0/8, ::1).
    cat "/proc/$pid/net/tcp" "/proc/$pid/net/tcp6" 2>/dev/null | awk '$4 == "0A" && $2 !~ /^[0-9A-F]{6}7F:/ && $2 !~ /^0{24}01000000:/ {sub(/.*:/, "", $2); print $2}' | sort -u | while read -r port; do echo $((16#$port)); done
}

# Every port of the containers that listens, whoever it belongs to, and those that services of ours have anywhere.
targets_of() {
    local service target ports
    for service in "$@"; do
        ports="$(listening "$service" | paste -sd,)"
        for target in $(addresses "$service"); do echo "$target:${ports:+$ports,}80,443,5432,6379,8080,8081,8443,26379"; done
    done
}

# Who routes packets through this machine reaches a published port under the container's own address as well.
nothing_else_is_found() {
    # shellcheck disable=SC2046
    scan "$1" $(targets_of $(platform config --services)) >"$work/found"
    cat "$work/found"
    local target
    for target in $(addresses "$entry"); do sed -i "/^$target:8443$/d" "$work/found"; done
    [[ ! -s "$work/found" ]]
}

data_layer_is_closed() {
    local found
    # shellcheck disable=SC2046
    found="$(scan "$1" $(targets_of $(platform config --services | grep '^postgis')))"
    echo "$found"
    [[ -z "$found" ]]
}
