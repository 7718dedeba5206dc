# Builds what has changed. Sourced by ./carto, which sets $root, $artifacts, $configuration and fail().

probe_seconds=20

# Which package set the feed allows (docs/architecture.md, "Packages"): asked once, then remembered.
detect_packages() {
    local known="$artifacts/package-set"
    if [[ -z "${CartoPackages:-}" && -s "$known" ]]; then
        CartoPackages="$(cat "$known")"
    elif [[ -z "${CartoPackages:-}" ]]; then
        CartoPackages="$(probe_packages)"
        mkdir -p "$artifacts"
        echo "$CartoPackages" >"$known"
    fi
    [[ "$CartoPackages" == core || "$CartoPackages" == full ]] || fail "CartoPackages is '$CartoPackages': it may be core or full."
    export CartoPackages
}

# The full set is what Directory.Packages.props pins for it: a feed with other versions of the same packages is a core feed.
probe_packages() {
    local folder set=core
    folder="$(mktemp -d)"
    cat >"$folder/probe.csproj" <<END
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <TargetFramework>net10.0</TargetFramework>
    <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
    <NuGetAudit>false</NuGetAudit>
  </PropertyGroup>
  <ItemGroup>
    $(full_set_references)
  </ItemGroup>
</Project>
END
    echo "<Project><Import Project=\"$root/Directory.Packages.props\" /></Project>" >"$folder/Directory.Packages.props"
    timeout "$probe_seconds" dotnet restore "$folder/probe.csproj" -p:CartoPackages=full >/dev/null 2>&1 && set=full
    rm -rf "$folder"
    echo "$set"
}

full_set_references() {
    sed -n '/Label="Full set only/,/<\/ItemGroup>/s/.*PackageVersion \(Include="[^"]*"\).*/<PackageReference \1 \/>/p' "$root/Directory.Packages.props"
}

# changed_since STAMP FOLDER…: whether a source under the folders is newer. New and removed files show in their folder's time,
# which is compared with the end of the last build, since building itself makes folders.
changed_since() {
    local stamp="$1"
    shift
    [[ -e "$stamp.begin" && -e "$stamp.end" ]] || return 0
    local skipped=(-name bin -o -name obj -o -name node_modules -o -name dist -o -name 'packages.*.lock.json')
    [[ -n "$(find "$@" \( "${skipped[@]}" \) -prune -o -type f -newer "$stamp.begin" -print -quit -o -type d -newer "$stamp.end" -print -quit)" ]]
}

build() {
    detect_packages
    build_pages
    is_built && return 0
    mkdir -p "$artifacts"
    # One build at a time: two in the same folders spoil each other's files.
    (
        ! command -v flock >/dev/null || flock 9
        is_built || build_platform
    ) 9>"$artifacts/build.lock"
}

is_built() {
    [[ -e "$cli" ]] && ! changed_since "$artifacts/build-$CartoPackages" \
        "$root"/src "$root"/CartoPlatform.ServiceDefaults "$root"/*.props "$root"/*.targets "$root/global.json" "$root/.editorconfig"
}

build_platform() {
    require_nothing_running
    say "Building ($CartoPackages packages; the first time takes a few minutes)…"
    build_and_remember "$(platform_filter)"
}

# The time of the beginning counts for files: what changes during the build is not in it.
build_and_remember() {
    local stamp="$artifacts/build-$CartoPackages"
    touch "$stamp.begin.new"
    run_build "$1"
    mv "$stamp.begin.new" "$stamp.begin"
    touch "$stamp.end"
}

# Writing over the files of a running program breaks it. (No grep over /proc here: it would find itself.)
require_nothing_running() {
    local process command
    for process in /proc/[0-9]*/cmdline; do
        { command="$(<"$process")"; } 2>/dev/null || continue
        [[ "$command" != *"$root/src/CartoPlatform.Cli/bin/$configuration/"* ]] ||
            fail "the sources have changed, and a platform runs from the last build: stop it first with ./carto down."
    done
}

# The platform without its tests and benchmarks, which half of the build's time would go to.
platform_filter() {
    local filter="$artifacts/platform.slnf"
    local projects
    projects="$(cd "$root" && printf '"%s",' src/*/*.csproj)"
    echo "{\"solution\":{\"path\":\"../CartoPlatform.sln\",\"projects\":[${projects%,}]}}" >"$filter"
    echo "$filter"
}

# run_build PROJECT: quiet when all is well, and the errors when not.
run_build() {
    local log="$artifacts/build.log"
    mkdir -p "$artifacts"
    if ! dotnet build "$1" --configuration "$configuration" --verbosity quiet --disable-build-servers >"$log" 2>&1 </dev/null; then
        grep -E ': error ' "$log" | sort -u | head -20 >&2 || true
        fail "the build failed (see $log)."
    fi
}

# The web page has a build script of its own. Without Node or a package feed the platform still has its API.
build_pages() {
    local folder="$root/src/CartoPlatform.Builder" stamp="$artifacts/pages" log="$artifacts/pages.log"
    [[ -x "$folder/build.sh" ]] || return 0
    [[ -d "$folder/dist" ]] && ! changed_since "$stamp" "$folder" && return 0
    mkdir -p "$artifacts"
    touch "$stamp.begin.new"
    say "Building the web page…"
    if ! "$folder/build.sh" >"$log" 2>&1 </dev/null; then
        echo "carto: the web page could not be built, the API works without it: $(tail -1 "$log") (see $log)." >&2
        return 0
    fi
    mv "$stamp.begin.new" "$stamp.begin"
    touch "$stamp.end"
}
