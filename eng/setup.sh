# What the machine must have, and how it gets there. Sourced by ./carto, which sets $root and fail().

sdk_major=10
postgres_oldest=13
postgres_newest=18

# Root installs directly; others by sudo where that asks nothing, or where somebody can answer it.
as_root() {
    if [[ "$(id -u)" == 0 ]]; then
        "$@"
    else
        sudo "$@"
    fi
}

can_install() {
    command -v apt-get >/dev/null || return 1
    [[ "$(id -u)" == 0 ]] && return 0
    command -v sudo >/dev/null || return 1
    [[ -t 0 ]] || sudo -n true 2>/dev/null
}

# apt_install REASON PACKAGE…
apt_install() {
    local reason="$1"
    shift
    say "Installing $* by apt-get: $reason."
    local log="$artifacts/apt.log"
    mkdir -p "$artifacts"
    if ! { as_root apt-get update -q && as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@"; } >"$log" 2>&1; then
        fail "apt-get could not install $*: $(grep -E '^(E|W|Err)' "$log" | tail -1) (see $log)."
    fi
}

require_dotnet() {
    command -v dotnet >/dev/null ||
        fail "the .NET SDK $sdk_major is not installed: get it from https://dotnet.microsoft.com/download (Ubuntu: apt-get install dotnet-sdk-10.0)."
    (cd "$root" && dotnet --version) >/dev/null 2>&1 ||
        fail "global.json asks for the .NET SDK $sdk_major, and only these are installed: $(dotnet --list-sdks | cut -d' ' -f1 | paste -sd' ')."
}

# True when some PostgreSQL of a fitting version has PostGIS. The exact versions are checked by CartoPlatform.EmbeddedPostGis.
has_postgis() {
    local version control
    for ((version = postgres_oldest; version <= postgres_newest; version++)); do
        for control in "/usr/share/postgresql/$version/extension/postgis.control" "/usr/pgsql-$version/share/extension/postgis.control"; do
            [[ -e "$control" ]] && return 0
        done
    done
    command -v pg_config >/dev/null && [[ -e "$(pg_config --sharedir 2>/dev/null)/extension/postgis.control" ]]
}

# Then the database runs in a container.
container_engine_answers() {
    command -v docker >/dev/null && timeout 10 docker info >/dev/null 2>&1
}

newest_postgres_package() {
    apt-cache search --names-only '^postgresql-[0-9]+-postgis-3$' |
        sed -E 's/^postgresql-([0-9]+)-.*/\1/' |
        awk -v oldest=$postgres_oldest -v newest=$postgres_newest '$1 >= oldest && $1 <= newest' |
        sort -n | tail -1
}

require_database() {
    # CARTO_POSTGRES_BIN names a PostgreSQL of one's own, which is looked at when it is started.
    has_postgis || [[ -n "${CARTO_POSTGRES_BIN:-}" ]] && return 0
    can_install || { container_engine_answers && return 0; }
    can_install ||
        fail "PostgreSQL $postgres_oldest to $postgres_newest with PostGIS 3.3 or newer is needed and not installed: install both with your package manager (macOS: brew install postgis)."

    as_root apt-get update -q >/dev/null 2>&1 || true
    local version
    version="$(newest_postgres_package)"
    [[ -n "$version" ]] || fail "apt-get knows no package of PostGIS: add the repository of PostgreSQL's own packages (apt.postgresql.org)."
    install_postgres "$version"
}

# Debian starts a cluster of its own after an installation. Nobody asked for that one.
install_postgres() {
    local drop_in=/etc/postgresql-common/createcluster.d/carto.conf
    as_root mkdir -p "$(dirname "$drop_in")"
    as_root sh -c "echo 'create_main_cluster = false' > $drop_in"
    apt_install "the platform keeps its data in PostGIS" "postgresql-$1" "postgresql-$1-postgis-3"
    as_root rm -f "$drop_in"
}

# The web page is bundled with Node. Not worth stopping for: the API works without the page.
require_node() {
    command -v node >/dev/null && command -v npm >/dev/null && return 0
    can_install && apt_install "the web page is built with Node" nodejs npm
    return 0
}

# Topologies of several services share a cache in it. Debian starts a server of its own after an installation, which nobody asked for.
require_redis() {
    [[ -x /usr/bin/redis-server ]] && return 0
    can_install || fail "redis-server is needed and not installed: install it with your package manager."
    local policy=/usr/sbin/policy-rc.d
    [[ -e $policy ]] || as_root sh -c "printf '#!/bin/sh\nexit 101\n# carto\n' >$policy && chmod 755 $policy"
    apt_install "the services of this topology share a cache" redis-server
    if grep -q '^# carto$' $policy 2>/dev/null; then as_root rm -f $policy; fi
}

# The tests drive a browser, the npm clients, and a Redis of their own.
require_test_tools() {
    require_redis
    local missing=()
    command -v node >/dev/null && command -v npm >/dev/null || missing+=(nodejs npm)
    command -v chromium >/dev/null || command -v google-chrome >/dev/null || missing+=(chromium)
    command -v ogr2ogr >/dev/null || missing+=(gdal-bin)
    # The chart is rendered in the tests: tests/helm/render.go.
    [[ -d /usr/share/gocode/src/github.com/Masterminds/sprig && -d /usr/share/gocode/src/gopkg.in/yaml.v3 ]] && command -v go >/dev/null ||
        missing+=(golang-go golang-github-masterminds-sprig-dev golang-gopkg-yaml.v3-dev)
    [[ ${#missing[@]} == 0 ]] && return 0
    can_install || fail "the tests need ${missing[*]}, which are not installed: install them with your package manager."
    apt_install "the tests run the npm clients, a browser, GDAL and Go templates" "${missing[@]}"
}
