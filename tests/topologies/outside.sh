# A Redis of one's own, with TLS and a user, and a proxy as the only way out: an override file, as docs/redis.md and
# docs/operations/containers.md describe it. Sourced by run.sh.

check_outside() {
    make_theirs
    check "a Redis with TLS and a user, and a proxy, stand outside" start_theirs || return
    check "services start with them" platform up --detach --remove-orphans
    check "services are healthy with them" until_healthy
    check "front door answers" front_door_answers
    check "every service that shares is logged in at that Redis by TLS" redis_of_theirs_is_used
    check "no service uses the topology's own Redis" own_redis_is_idle
    check "single sign-on reaches its provider through the proxy" sign_on_goes_through_proxy
    check "telemetry of every service goes through the proxy" telemetry_goes_through_proxy
    check "nothing between the services goes through the proxy" inside_goes_past_proxy
    local suite
    for suite in sql-query tilesets; do check "client suite $suite with them" suite_passes "$suite"; done
    stop_theirs
}

own_services() { platform config --services | grep -Ev '^(postgis|redis|theirs)'; }
sharing_services() { own_services | grep -E '^(standalone|edge|cache)'; }

make_theirs() {
    local folder="$work/theirs" service name password
    rm -rf "$folder"
    mkdir -p "$folder"
    password="$(<"$CARTO_SECRETS/redis-password")"
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=theirs-ca -keyout "$folder/ca.key" -out "$folder/ca.crt" 2>/dev/null
    for name in theirs idp.example; do
        openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj "/CN=$name" -keyout "$folder/${name%.example}.key" -out "$folder/request" 2>/dev/null
        openssl x509 -req -in "$folder/request" -CA "$folder/ca.crt" -CAkey "$folder/ca.key" -CAcreateserial -days 2 \
            -extfile <(printf 'subjectAltName=DNS:%s\n' "$name") -out "$folder/${name%.example}.crt" 2>/dev/null
    done
    rm "$folder/ca.key" "$folder/request"
    chmod -R a+rX "$folder"
    {
        echo "services:"
        cat <<YAML
  theirs:
    image: ${CARTO_REDIS_IMAGE:-redis:7.4}
    user: "1654:1654"
    entrypoint: [redis-server, --dir, /tmp, --save, "", --port, "0", --tls-port, "6380", --tls-cert-file, /theirs/theirs.crt, --tls-key-file, /theirs/theirs.key,
      --tls-ca-cert-file, /theirs/ca.crt, --tls-auth-clients, "no", --user, default, "off", --user, carto, "on", ">$password", "~carto:*", "&carto:*", "+@all"]
    volumes: ["$folder:/theirs:ro"]
    networks: [theirs]
YAML
        for service in $(own_services); do
            cat <<YAML
  $service:
    networks: [theirs]
    volumes: ["$folder:/theirs:ro"]
    environment:
      Redis__ConnectionString: "rediss://carto:$password@theirs:6380"
      Redis__CertificateAuthorityFile: /theirs/ca.crt
      Redis__Sentinels__0: ""
      Redis__Sentinels__1: ""
      Redis__Sentinels__2: ""
      HTTP_PROXY: http://theirs:3128
      HTTPS_PROXY: http://theirs:3128
      SSL_CERT_FILE: /theirs/ca.crt
      OTEL_EXPORTER_OTLP_ENDPOINT: http://collector.example:4318
      OTEL_EXPORTER_OTLP_PROTOCOL: http/protobuf
      OTEL_METRIC_EXPORT_INTERVAL: "5000"
      Accounts__OpenIdConnect__Authority: https://idp.example
      Accounts__OpenIdConnect__ClientId: carto
      Accounts__OpenIdConnect__DefaultRole: Viewer
YAML
        done
        echo "networks: {theirs: {}}"
    } >"$work/outside.yaml"
    overrides=(--file "$work/outside.yaml")
    export CARTO_THEIRS="$folder"
}

start_theirs() {
    platform up --detach --no-deps theirs || return 1
    nsenter --target "$(process theirs)" --net -- node "$here/theirs.mjs" "$work/theirs" >"$work/through-proxy" &
    theirs=$!
    local second
    for ((second = 0; second < 20; second++)); do
        grep -q listening "$work/through-proxy" && redis_of_theirs ping | grep -q PONG && return 0
        sleep 1
    done
    platform logs --tail 20 theirs
    return 1
}

stop_theirs() {
    kill "$theirs" 2>/dev/null
    $kept || return 0
    # Back to what the topology is by itself.
    overrides=()
    platform up --detach --remove-orphans >"$work/up" 2>&1
    check "services go on without them" until_healthy
    docker network rm "${project}_theirs" >/dev/null
}

redis_of_theirs() {
    docker exec "$(container theirs)" redis-cli --tls --cacert /theirs/ca.crt -h theirs -p 6380 --user carto --pass "$(<"$CARTO_SECRETS/redis-password")" --no-auth-warning "$@"
}

# prints_nothing COMMAND…: whatever it ends with.
prints_nothing() {
    local printed
    printed="$("$@")"
    echo "$printed"
    [[ -z "$printed" ]]
}

# From inside of each: it has connections there, where nothing but TLS is spoken, and the server knows nobody but that user.
redis_of_theirs_is_used() {
    local service missing to end=$((SECONDS + 30))
    to="$(docker inspect --format "{{(index .NetworkSettings.Networks \"${project}_theirs\").IPAddress}}" "$(container theirs)"):6380"
    while ((SECONDS < end)); do
        missing=""
        for service in $(sharing_services); do
            # A filter of ss finds the address as one of IPv6, too.
            [[ -n "$(inside "$service" ss --no-header --tcp --numeric state established dst "$to")" ]] || missing+=" $service"
        done
        redis_of_theirs client list >"$work/clients"
        [[ -n "$missing" ]] || ! grep -q 'name=CartoPlatform.*user=carto' "$work/clients" || return 0
        sleep 1
    done
    echo "without a connection:$missing"
    cat "$work/clients"
    return 1
}

# But for the Redis servers themselves, and who asks here.
own_redis_is_idle() {
    local service
    for service in $(platform config --services | grep -Ex 'redis|redis-standby'); do
        redis_command "$service" client list >"$work/clients" || return 1
        prints_nothing grep -v -e 'cmd=client' -e 'cmd=replconf' -e 'name=sentinel' -e 'flags=[SMP]' "$work/clients" || return 1
    done
}

sign_on_goes_through_proxy() {
    curl --silent --output /dev/null --write-out '%{http_code} %{redirect_url}\n' --cacert "$work/tls.crt" "$base/sign-in/oidc" | tee /dev/stderr | grep -q '^302 https://idp.example/authorize' &&
        grep -q '^provider GET /.well-known/openid-configuration' "$work/through-proxy"
}

telemetry_goes_through_proxy() {
    local missing service end=$((SECONDS + 60))
    while ((SECONDS < end)); do
        missing=""
        # maps-api-1 is CartoPlatform.MapsApi.
        for service in $(own_services | sed -E 's/-[0-9]$//; s/(^|-)(.)/\u\2/g' | sort -u); do
            grep -q "^proxy POST http://collector.example:4318/v1/metrics $service\$" "$work/through-proxy" || missing+=" $service"
        done
        [[ -n "$missing" ]] || return 0
        sleep 1
    done
    echo "none of:$missing"
    sort "$work/through-proxy" | uniq -c | tail -20
    return 1
}

inside_goes_past_proxy() {
    prints_nothing grep -v -e '^listening' -e ' http://collector.example:4318/' -e '^proxy CONNECT idp.example:443$' -e '^provider ' "$work/through-proxy"
}
