# A platform in containers: start, end, and what the cases ask of it. Sourced by run.sh.

compose() {
    if docker compose version >/dev/null 2>&1; then docker compose "$@"; else docker-compose "$@"; fi
}

overrides=()
platform() {
    local files=(--file "$root/deploy/$topology/compose.yaml")
    [[ ! -e "$root/deploy/$topology/compose.database.yaml" ]] || files+=(--file "$root/deploy/$topology/compose.database.yaml")
    compose --project-name "$project" "${files[@]}" "${overrides[@]}" "$@"
}

# check NAME COMMAND…
check() {
    local name="$1" started=$SECONDS
    shift
    tests=$((tests + 1))
    if "$@" >"$work/check" 2>&1; then
        echo "ok $tests - $topology: $name ($((SECONDS - started)) s)"
    else
        echo "not ok $tests - $topology: $name ($((SECONDS - started)) s)"
        # Of a suite what has failed in it, of anything else its end.
        { grep -A14 '^ *not ok' "$work/check" || tail -20 "$work/check"; } | head -60 | sed 's/^/    /'
        failures=$((failures + 1))
        return 1
    fi
}

# Sets what the rest goes by: a folder and a name of its own for this call, or those that several share.
choose_platform() {
    if $kept; then
        work="${TMPDIR:-/tmp}/carto-topology-$topology" project="carto-$topology-kept"
        mkdir -p "$work"
    else
        work="$(mktemp -d)" project="carto-$topology-$$"
    fi
    running=false
    [[ ! -e "$work/healthy" ]] || running=true
    export CARTO_SECRETS="$work/secrets" CARTO_TLS=tls CARTO_PORT="${CARTO_PORT:-18443}" CARTO_DATABASE_PORT="${CARTO_DATABASE_PORT:-18432}"
    # As an operator's: on every address of this machine.
    export CARTO_BIND=0.0.0.0 CARTO_DATABASE_BIND=127.0.0.1
    base="https://127.0.0.1:$CARTO_PORT"
    "$root/deploy/make-secrets" "$CARTO_SECRETS" >/dev/null || exit 1
    owner_password="$(<"$CARTO_SECRETS/postgres-owner")"
    api=workspace-api entry=edge suffix=""
    case "$topology" in
        standard | tier1) api=standalone entry=standalone ;;
        tier3) api=workspace-api-1 entry=balancer suffix=-1 ;;
    esac
}

start_platform() {
    check "compose file is valid" platform config --quiet &&
        check "everything starts" platform up --detach &&
        check "everything is healthy" until_healthy || return 1
    docker exec "$(container "$api")" /app/service --owner-token | tail -1 >"$work/token"
    docker cp "$(container "$entry"):/data/tls/tls.crt" "$work/tls.crt" >/dev/null
    touch "$work/healthy"
}

find_platform() {
    token="$(<"$work/token")"
    postgres="postgresql://carto_owner:$owner_password@$(address postgis):5432/carto_dw"
    check "front door answers over TLS" front_door_answers
}

finish() {
    [[ -z "${theirs:-}" ]] || kill "$theirs" 2>/dev/null
    outside_ends
    if ! $kept; then
        platform down --volumes --remove-orphans --timeout 10 >"$work/down" 2>&1
        check "uninstalling leaves nothing behind" nothing_left
        rm -rf "$work"
    fi
    # Whatever ended it before its end is a failure that no case has counted.
    $complete || { [[ $failures -gt 0 ]] || { echo "not ok - $topology: ended before its last case"; failures=1; tests=$((tests + 1)); }; }
    echo "# $topology: $((tests - failures)) passed, $failures failed"
    [[ $failures == 0 ]]
}

nothing_left() {
    local kind
    for kind in "ps -aq" "volume ls -q" "network ls -q"; do
        # shellcheck disable=SC2086
        docker $kind --filter "label=com.docker.compose.project=$project"
    done | tee /dev/stderr | { ! grep -q .; }
}

# By its labels: docker-compose takes a second to say it.
container() { docker ps --all --quiet --filter "label=com.docker.compose.project=$project" --filter "label=com.docker.compose.service=$1"; }
# Every address of a service, one for each of its networks.
addresses() { docker inspect --format '{{range .NetworkSettings.Networks}}{{.IPAddress}} {{end}}' "$(container "$1")"; }
address() { addresses "$1" | awk '{print $1}'; }
process() { docker inspect --format '{{.State.Pid}}' "$(container "$1")"; }
state() { docker inspect --format '{{.State.Health.Status}}' "$(container "$1")"; }

# until_state_healthy SERVICE SECONDS
until_state_healthy() {
    local second
    for ((second = 0; second < $2; second++)); do
        [[ "$(state "$1" 2>/dev/null)" != healthy ]] || return 0
        sleep 1
    done
    echo "$1 is $(state "$1")"
    platform logs --tail 20 "$1"
    return 1
}

until_healthy() {
    local service
    for service in $(platform config --services | grep -vx theirs); do until_state_healthy "$service" 300 || return 1; done
}

ask() { curl --silent --show-error --fail --max-time 20 --cacert "$work/tls.crt" -H "Authorization: Bearer $token" "$@"; }

front_door_answers() {
    ask "$base/health" | grep -q healthy && ask "$base/v3/sql/carto_dw/query?q=SELECT+1+AS+one" | grep -q '"one":1'
}

# From a platform, or out of a file that pg_dump wrote from one. Its triggers are the other platform's: this one makes its own.
samples() {
    if [[ -f "$CARTO_SAMPLES_FROM" ]]; then cat "$CARTO_SAMPLES_FROM"; else pg_dump --no-owner --schema demo "$CARTO_SAMPLES_FROM"; fi |
        grep -v 'TRIGGER carto_change'
}
export -f samples

# Once for a platform.
take_samples() {
    [[ -n "${CARTO_SAMPLES_FROM:-}" ]] || { echo "# CARTO_SAMPLES_FROM names no sample data: nothing that needs them is run."; complete=true; exit; }
    [[ ! -e "$work/samples" ]] || return 0
    check "sample data are taken over" bash -o pipefail -c "samples | psql --quiet --set ON_ERROR_STOP=1 '$postgres'" || exit
    touch "$work/samples"
}

suite_passes() {
    CARTO_BASE_URL="$base" CARTO_TOKEN="$token" CARTO_CONNECTION=carto_dw CARTO_POSTGRES="$postgres" CARTO_TEST_REPORTER=tap CARTO_TEST_STRANGER=1 \
        NODE_EXTRA_CA_CERTS="$work/tls.crt" "$root/tests/clients/run.sh" "$1"
}
