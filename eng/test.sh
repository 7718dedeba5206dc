# ./carto test: format check, build and every test project, with a sum at the end. Sourced by ./carto.

test_usage() {
    cat <<'END'
./carto test [FILTER] [--long]

Checks the format, builds everything and runs every test; the last line is the sum.
  topologies [NAME…] [CASE…]
           only the topologies in containers: needs a container engine and the images (docs/operations/containers.md);
           tests/topologies/run.sh tells the cases
  FILTER   only tests whose full name holds this (or an expression of dotnet test --filter); the format is not checked then
  --long   the hours-long forms too
END
}

run_tests() {
    local filter=() argument
    if [[ "${1:-}" == topologies ]]; then
        run_topologies "${@:2}"
        return
    fi
    for argument in "$@"; do
        case "$argument" in
            --help | -h) test_usage; return 0 ;;
            --long) export CARTO_TEST_LONG=1 ;;
            -*) test_usage >&2; echo "carto: ./carto test does not know $argument." >&2; return 2 ;;
            *[=~]*) filter=(--filter "$argument") ;;
            *) filter=(--filter "FullyQualifiedName~$argument") ;;
        esac
    done

    require_dotnet
    require_database
    require_test_tools
    detect_packages
    build_pages

    passed=0 failed=0 skipped=0
    [[ ${#filter[@]} -gt 0 ]] || check_format
    if build_everything; then
        local project
        for project in "$root"/tests/*.Tests/*.csproj; do
            run_project "$project" "${filter[@]}"
        done
    fi
    [[ ${#filter[@]} -gt 0 ]] || run_sample_tests
    sum_up
}

# run_topologies [NAME…] [CASE…]: each in containers, tested through its front door, from outside and from inside.
run_topologies() {
    local names=() cases=() argument
    for argument in "$@"; do
        case "$argument" in
            standard | tier1 | tier2 | tier3) names+=("$argument") ;;
            --help | -h) test_usage; return 0 ;;
            -*) test_usage >&2; echo "carto: ./carto test topologies does not know $argument." >&2; return 2 ;;
            *) cases+=("$argument") ;;
        esac
    done
    [[ ${#names[@]} -gt 0 ]] || names=(standard tier1 tier2 tier3)

    require_dotnet
    require_database
    require_node
    if ! command -v docker >/dev/null || ! timeout 10 docker info >/dev/null 2>&1; then
        echo "Skipped: no container engine answers (docker info), so the topologies cannot be started in containers."
        echo "0 passed, 0 failed, ${#names[@]} skipped"
        return 0
    fi
    passed=0 failed=0 skipped=0
    if lend_samples; then
        for argument in "${names[@]}"; do run_topology "$argument" "${cases[@]}"; done
    else
        failed=1
    fi
    rm -rf "$lent"
    sum_up
}

# The sample data of a platform that is there for that alone, as a file.
lend_samples() {
    lent="$(mktemp -d)"
    [[ -z "${CARTO_SAMPLES_FROM:-}" ]] || return 0
    build
    local data="$lent/data" from
    dotnet "$cli" up --detach --data "$data" --port "${CARTO_TEST_PORT:-18420}" >/dev/null || { echo "carto: the platform that lends its sample data did not start." >&2; return 1; }
    from="$(dotnet "$cli" status --json --data "$data" | sed -nE 's/.*"postgres": "([^"]+)".*/\1/p')"
    local status=0
    pg_dump --no-owner --schema demo "$from" >"$lent/samples.sql" || status=1
    dotnet "$cli" down --remove-data --data "$data" >/dev/null || status=1
    export CARTO_SAMPLES_FROM="$lent/samples.sql"
    return $status
}

# run_topology NAME [CASE…]: adds up what it says in its last line.
run_topology() {
    local log="$artifacts/test-$1.log"
    mkdir -p "$artifacts"
    "$root/tests/topologies/run.sh" "$@" 2>&1 | tee "$log" || true
    summary="$(grep -E '^# [a-z0-9]+: [0-9]+ passed, [0-9]+ failed$' "$log" | tail -1 || true)"
    if [[ -z "$summary" ]]; then
        failed=$((failed + 1))
        return
    fi
    passed=$((passed + $(sed -E 's/.*: ([0-9]+) passed.*/\1/' <<<"$summary")))
    failed=$((failed + $(sed -E 's/.*, ([0-9]+) failed/\1/' <<<"$summary")))
}

check_format() {
    echo "Checking the format…"
    # The solution must have been restored for its analyzers.
    if ! (cd "$root" && dotnet restore CartoPlatform.sln --verbosity quiet && dotnet format CartoPlatform.sln --no-restore --verify-no-changes --verbosity quiet); then
        echo "carto: the format differs: 'dotnet format CartoPlatform.sln' mends it." >&2
        failed=$((failed + 1))
    fi
}

build_everything() {
    is_built || require_nothing_running
    echo "Building ($CartoPackages packages)…"
    (build_and_remember "$root/CartoPlatform.sln") && return 0
    failed=$((failed + 1))
    return 1
}

# A project that ends without a summary has crashed, and counts as one failure.
run_project() {
    local project="$1" name log summary
    shift
    name="$(basename "$project" .csproj)"
    log="$artifacts/test-$name.log"
    echo "Testing $name…"
    local status=0
    dotnet test "$project" --configuration "$configuration" --no-build "$@" >"$log" 2>&1 </dev/null || status=$?
    summary="$(grep -E 'Failed: +[0-9]+, Passed: +[0-9]+, Skipped: +[0-9]+' "$log" | tail -1 || true)"
    if [[ -n "$summary" ]]; then
        failed=$((failed + $(figure Failed)))
        passed=$((passed + $(figure Passed)))
        skipped=$((skipped + $(figure Skipped)))
    fi
    if [[ $status != 0 ]]; then
        [[ -n "$summary" && $(figure Failed) -gt 0 ]] || failed=$((failed + 1))
        cat "$log"
    fi
}

# The programs that made the sample data, which no project builds. Without a summary they count as one failure.
run_sample_tests() {
    local folder="$root/samples/make" log="$artifacts/test-samples.log" status=0
    echo "Testing samples/make…"
    (cd "$folder" && npm install --no-audit --no-fund --no-package-lock --loglevel=error &&
        NODE_OPTIONS=--test-reporter=tap npm test) >"$log" 2>&1 </dev/null || status=$?
    passed=$((passed + $(tap_figure pass)))
    failed=$((failed + $(tap_figure fail)))
    skipped=$((skipped + $(tap_figure skipped)))
    if [[ $status != 0 ]]; then
        [[ $(tap_figure fail) -gt 0 ]] || failed=$((failed + 1))
        cat "$log"
    fi
}

tap_figure() {
    local number
    number="$(sed -nE "s/^# $1 ([0-9]+)$/\1/p" "$log" | tail -1)"
    echo "${number:-0}"
}

figure() {
    sed -E "s/.*$1: +([0-9]+).*/\1/" <<<"$summary"
}

sum_up() {
    local line="$passed passed, $failed failed"
    [[ $skipped == 0 ]] || line+=", $skipped skipped"
    if [[ $passed == 0 && $failed == 0 ]]; then
        echo "carto: no test has run." >&2
        failed=1
    fi
    echo "$line"
    [[ $failed == 0 ]]
}
