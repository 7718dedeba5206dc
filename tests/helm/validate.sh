#!/bin/sh
# Runs validate.mjs, or the script that is named, with their packages installed where they are not.
set -eu
cd "$(dirname "$0")"
stamp=node_modules/.installed
if ! cmp -s package-lock.json "$stamp"; then
  npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >&2
  cp package-lock.json "$stamp"
fi
exec node "${1:-validate.mjs}"
