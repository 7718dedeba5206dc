#!/bin/sh
# Starts a Redis of the platform with a configuration made of its secret: primary, standby or sentinel. Nothing is kept on the disk.
#
#   start.sh primary NAME | standby NAME PRIMARY | sentinel NAME PRIMARY
#
# The name is the one under which the others reach it: after a fail-over the sentinels tell it to the services.
set -eu

role="$1" name="$2" primary="${3:-}"
password="$(cat /run/secrets/redis-password)"
file=/tmp/redis.conf
umask 077

if [ "$role" = sentinel ]; then
    cat >"$file" <<END
port 26379
protected-mode no
dir /tmp
sentinel resolve-hostnames yes
sentinel announce-hostnames yes
sentinel announce-ip $name
sentinel monitor carto $primary 6379 2
sentinel auth-pass carto $password
sentinel down-after-milliseconds carto 2000
sentinel failover-timeout carto 10000
END
    exec redis-server "$file" --sentinel
fi

cat >"$file" <<END
port 6379
protected-mode no
dir /tmp
requirepass $password
masterauth $password
replica-announce-ip $name
save ""
appendonly no
maxmemory ${MAX_MEMORY:-384mb}
maxmemory-policy allkeys-lru
END
if [ "$role" = standby ]; then echo "replicaof $primary 6379" >>"$file"; fi
exec redis-server "$file"
