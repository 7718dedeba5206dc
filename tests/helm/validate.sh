#!/bin/sh
# Runs validate.mjs, or the script that is named, with their packages installed where they are not.
set -eu
cd "$(dirname "$0")"
. ../install-packages.sh
exec node "${1:-validate.mjs}"
