#!/bin/sh
# Makes dist/, the page that the edge serves at /. Ends at once when nothing has changed.
# Needs Node 18 or newer with npm; everything else is in package-lock.json.
set -eu
cd "$(dirname "$0")"

if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
  echo "The page needs Node 18 or newer with npm, and one of them is not on the path." >&2
  exit 1
fi
exec node build.mjs
