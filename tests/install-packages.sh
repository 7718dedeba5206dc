# Installs the npm packages of the folder that is current, where they are not yet. Sourced by the scripts that need them.

# Several of them may run at a time, and an installation removes what another has begun to put there.
exec 9>.install.lock
flock 9
# The stamp is written last, so that an interrupted installation is done again.
stamp=node_modules/.installed
if ! cmp -s package-lock.json "$stamp"; then
  npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >&2
  cp package-lock.json "$stamp"
fi
exec 9>&-
