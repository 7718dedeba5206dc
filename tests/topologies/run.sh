#!/usr/bin/env bash
# Starts a topology in containers from deploy/NAME/compose.yaml and tests it through its front door, from outside and from inside.
#
#   tests/topologies/run.sh [--keep | --stop] NAME [CASE…]      NAME: standard, tier1, tier2 or tier3
#
#   --keep   leaves it running, and uses the one that an earlier call left: for single cases, one after the other
#   --stop   takes that one away
#
# Cases, all that the topology has unless some are named:
#   layers                what is published, who reaches whom, with which rights          scan      every port, from outside
#   suites, suite:NAME    the client suites of tests/clients, or one                     outside   a Redis with TLS and a user, and a proxy
#   kills, kill:SERVICE · pauses, pause:SERVICE · cuts, cut:SERVICE · restarts, restart:SERVICE · updates, update:SERVICE · failover
#                         Tier 3: what becomes of one instance under load; restarts and updates lose no request, the others little
#
# Updates are to the images of CARTO_NEXT_TAG. Needs root, a container engine, the images (deploy/build-images; CARTO_POSTGIS_IMAGE and
# CARTO_REDIS_IMAGE name those of the stores), psql, Node, and sample data: CARTO_SAMPLES_FROM is a platform's database (a URL), or a file
# that "pg_dump --no-owner --schema demo" wrote of one. Prints "ok" and "not ok" lines, a sum, and ends with 0 if all is well.
set -uo pipefail

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
root="$(cd "$here/../.." && pwd)"
source "$here/platform.sh"
source "$here/layers.sh"
source "$here/losses.sh"
source "$here/failover.sh"
source "$here/outside.sh"

kept=false stop=false
while [[ "${1:-}" == --* ]]; do
    case "$1" in
        --keep) kept=true ;;
        --stop) kept=true stop=true ;;
        *) sed -n '2,17s/^# \{0,1\}//p' "$0"; exit 2 ;;
    esac
    shift
done
topology="${1:-}"
[[ "$topology" =~ ^(standard|tier[123])$ ]] || { sed -n '2,17s/^# \{0,1\}//p' "$0" >&2; exit 2; }
shift
cases=("$@")
for name in "${cases[@]}"; do
    [[ "$name" =~ ^(layers|scan|outside|failover|suites?|kills?|pauses?|cuts?|restarts?|updates?)(:[a-z0-9-]+)?$ ]] || { echo "run.sh: there is no case $name (--help)." >&2; exit 2; }
done
tests=0 failures=0 complete=false
exec 3>&1

choose_platform
# Also when it ends within a case, whose output goes elsewhere.
trap 'finish >&3; exit $?' EXIT
trap 'exit 130' INT TERM
if $stop; then kept=false complete=true; exit; fi

# asked CASE: whether it is to be run, by its own name or with all.
asked() { [[ ${#cases[@]} == 0 ]] || [[ " ${cases[*]} " == *" $1 "* ]]; }

# each GROUP NAME FUNCTION SERVICE…: those of a group that are asked for, by the group's name or by their own.
each() {
    local group="$1" one="$2" told="$3" what="$4" service
    shift 4
    for service in "$@"; do
        if asked "$group" || asked "$one:$service"; then check "${told/SERVICE/$service}" "$what" "$service"; fi
    done
}

each_suite() {
    local suite
    for suite in "$root"/tests/clients/suites/*.test.js; do
        suite="$(basename "$suite" .test.js)"
        if asked suites || asked "suite:$suite"; then check "client suite $suite" suite_passes "$suite"; fi
    done
}

# Read as a whole before it begins: whoever changes this file meanwhile changes the next run.
run_cases() {
    $running || start_platform || exit 1
    find_platform
    if asked layers; then check_layers; fi
    if asked scan; then check_scan; fi
    take_samples
    each_suite
    if [[ "$topology" == tier3 ]]; then
        tile="$(tile_address)"
        if asked layers; then check "read replicas follow" replicas_follow; fi
        instances=(edge-1 cache-1 maps-api-1 sql-api-1 workspace-api-1)
        each kills kill "killing SERVICE costs at most what was in flight on it" kill_costs_little "${instances[@]}" postgis-replica-1 redis-sentinel-1
        each pauses pause "pausing SERVICE costs at most what was in flight on it" pause_costs_little "${instances[@]}" postgis-replica-2
        each cuts cut "cutting SERVICE off costs at most what was in flight on it" cut_costs_little "${instances[@]}" postgis-replica-2
        each restarts restart "restarting SERVICE costs no request" restart_costs_nothing "${instances[@]/%-1/-2}"
        if asked failover; then check_failover; fi
        check "everything is healthy after all that" until_healthy
        if [[ -n "${CARTO_NEXT_TAG:-}" ]]; then
            each updates update "updating SERVICE costs no request" update_costs_nothing \
                {workspace-api,maps-api,sql-api,worker,cache,edge}-{1,2}
        fi
    fi
    if asked outside; then check_outside; fi
    complete=true
}

run_cases
