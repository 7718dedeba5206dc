#!/usr/bin/env bash
# What a new user does, by the README's own lines: a fresh clone, up, the calls of its five minutes, and away with it. Afterwards no process,
# port or file of the platform is left, beside the clone itself.
#
#   tests/topologies/quickstart.sh [NAME…]      NAME: standard, tier1, tier2, tier3; all unless given
#
# CARTO_PORT: where it answers (8080), REPOSITORY: what is cloned (this one). Prints "ok" and "not ok" lines.
set -uo pipefail

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
export CARTO_PORT="${CARTO_PORT:-8080}"
[[ $# -gt 0 ]] || set -- standard tier1 tier2 tier3
failures=0

check() {
    local name="$1" started=$SECONDS
    shift
    if "$@" >"$work/check" 2>&1; then
        echo "ok - $name ($((SECONDS - started)) s)"
    else
        echo "not ok - $name ($((SECONDS - started)) s)"
        tail -20 "$work/check" | sed 's/^/    /'
        failures=$((failures + 1))
        return 1
    fi
}

in_clone() { (cd "$work/clone" && "$@"); }

# The commands of the README under "Five minutes", at the port that was chosen.
five_minutes() {
    sed -n '/^\*\*curl/,/^The second answer/p' "$work/clone/README.md" | sed -n '/^```/,/^```/p' | sed '/^```/d' | sed "s/127\.0\.0\.1:8080/127.0.0.1:$CARTO_PORT/g"
}

readme_works() {
    # -f: an error of HTTP is one here.
    (cd "$work/clone" && bash -euo pipefail -c "curl() { command curl --silent --show-error --fail \"\$@\"; }; $(five_minutes)") | tee "$work/said"
    grep -q '"rows"' "$work/said" && grep -q 'tilejson' "$work/said"
}

# What belongs to a platform anywhere: processes that name the clone, what listens on ports, files in the usual places.
processes() { grep -lsa "$work/clone" /proc/[0-9]*/cmdline | while read -r file; do tr '\0' ' ' <"$file" | cut -c1-160; echo; done | grep -v -e ' tests/topologies/' -e VBCSCompiler -e MSBuild; }
ports() { ss --no-header --listening --tcp --numeric --processes | grep -F "$1" | awk '{print $4, $6}'; }
files() { { find /tmp /var/tmp /dev/shm /run /var/lib/cartoplatform /etc "$HOME" -xdev -maxdepth 2 \( -path "$work" -prune -o -name '*carto*' -print -o -name '.s.PGSQL*' -print \) ; find "$work/clone" -maxdepth 1; } 2>/dev/null | sort; }

# Folders of tests that run beside this come and go.
nothing_new() {
    local left
    left="$(comm -13 "$1" <(files) | grep -v '/carto-test-'; processes; ports ":$CARTO_PORT ")"
    echo "$left"
    [[ -z "$left" ]]
}

check "a fresh clone" git clone --quiet "${REPOSITORY:-$here/../..}" "$work/clone" || exit 1
for name in "$@"; do
    files >"$work/before"
    check "$name: ./carto up" in_clone ./carto up --detach --topology "$name" || { tail -5 "$work/clone"/.carto/logs/* 2>/dev/null; in_clone ./carto down --remove-data; continue; }
    check "$name: the README's calls" readme_works
    check "$name: doctor finds nothing wrong" in_clone ./carto doctor
    check "$name: data of one's own" bash -c "cd '$work/clone' && printf 'id,longitude,latitude\n1,2,41\n2,3,42\n' >stores.csv && ./carto load stores.csv --table public.stores && ./carto psql -At -c 'SELECT count(*) FROM public.stores' | grep -qx 2; code=\$?; rm -f stores.csv; exit \$code"
    echo "# $name: $(in_clone ./carto status --json | grep -o '"name"' | wc -l) services and stores"
    check "$name: ./carto down --remove-data" in_clone ./carto down --remove-data
    # The build's own folder came with the first one.
    [[ -e "$work/clone/artifacts" ]] && echo "$work/clone/artifacts" >>"$work/before" && sort -u -o "$work/before" "$work/before"
    check "$name: nothing is left of it" nothing_new "$work/before"
done
echo "# $failures failed"
[[ $failures == 0 ]]
