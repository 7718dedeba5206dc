#!/bin/sh
# Runs the browser tests against a running platform with the sample data. Arguments: names of suites (all by default).
# CARTO_BASE_URL names the platform, as `./carto status --json` prints it; CHROMIUM the browser (default: the one on the path).
set -eu
cd "$(dirname "$0")"

[ -n "${CARTO_BASE_URL:-}" ] || { echo "run.sh: CARTO_BASE_URL is not set; take it from ./carto status --json" >&2; exit 2; }

. ../install-packages.sh

if [ $# -eq 0 ]; then
  set -- suites/*.test.js
else
  files=
  for suite in "$@"; do
    [ -f "suites/$suite.test.js" ] || { echo "run.sh: there is no suite $suite in suites/" >&2; exit 2; }
    files="$files suites/$suite.test.js"
  done
  # Names of suites hold no spaces.
  # shellcheck disable=SC2086
  set -- $files
fi
# One after the other: each has a browser, which draws in software where there is no graphics card.
exec node --test --test-concurrency=1 --test-reporter="${CARTO_TEST_REPORTER:-spec}" "$@"
