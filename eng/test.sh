# ./carto test: format check, build and every test project, with a sum at the end. Sourced by ./carto.

test_usage() {
    cat <<'END'
./carto test [FILTER] [--long]

Checks the format, builds everything and runs every test; the last line is the sum.
  topologies   only the topologies in containers: needs a container engine and the images (docs/operations/containers.md)
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

# run_topologies [NAME…]: each in containers, tested through its front door and from inside.
run_topologies() {
    require_dotnet
    require_database
    if ! command -v docker >/dev/null || ! timeout 10 docker info >/dev/null 2>&1; then
        echo "Skipped: no container engine answers (docker info), so the topologies cannot be started in containers."
        return 0
    fi
    build
    local data name status=0
    data="$(mktemp -d)"
    dotnet "$cli" up --detach --data "$data" --port "${CARTO_TEST_PORT:-18420}" >/dev/null || fail "the platform that lends its sample data did not start."
    CARTO_SAMPLES_FROM="$(dotnet "$cli" status --json --data "$data" | sed -nE 's/.*"postgres": "([^"]+)".*/\1/p')"
    export CARTO_SAMPLES_FROM
    for name in "${@:-standard tier1 tier2 tier3}"; do
        for name in $name; do "$root/tests/topologies/run.sh" "$name" || status=1; done
    done
    dotnet "$cli" down --data "$data" >/dev/null
    rm -rf "$data"
    return $status
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
