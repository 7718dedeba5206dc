#!/bin/sh
# Whether the Redis of this container answers.
set -eu
if [ "${1:-}" = sentinel ]; then
    redis-cli -p 26379 ping | grep -q PONG
else
    REDISCLI_AUTH="$(cat /run/secrets/redis-password)" redis-cli ping | grep -q PONG
fi
