#!/bin/sh
# Runs the client contract against a running platform. Arguments: names of suites (all by default).
# CARTO_BASE_URL, CARTO_TOKEN, CARTO_CONNECTION and CARTO_POSTGRES name the platform, as `./carto status --json` prints them.
set -eu
cd "$(dirname "$0")"

for name in CARTO_BASE_URL CARTO_TOKEN CARTO_CONNECTION CARTO_POSTGRES; do
  eval "value=\${$name:-}"
  [ -n "$value" ] || { echo "run.sh: $name is not set; take it from ./carto status --json" >&2; exit 2; }
done

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
exec node --test --test-reporter="${CARTO_TEST_REPORTER:-spec}" "$@"
