#!/bin/bash
# Makes an image of PostGIS from Debian packages alone, which behaves as the public postgis/postgis one does as far as the platform
# needs it: for machines with a container engine that reaches no registry. Needs root, debootstrap and docker.
#
#   deploy/postgis/build-image.sh [NAME]        NAME: carto-postgis:local unless given; then CARTO_POSTGIS_IMAGE=NAME ./carto up
#
# MIRROR and SUITE choose the Debian; unless set they are those of this machine's own apt.
set -euo pipefail

name="${1:-carto-postgis:local}"
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"

mirror="${MIRROR:-$(apt-get indextargets --format '$(SITE)' 'Identifier: Packages' 'Component: main' 2>/dev/null | head -1)}"
suite="${SUITE:-$(. /etc/os-release && echo "${VERSION_CODENAME:-}")}"
[[ -n "$mirror" && -n "$suite" ]] || { echo "build-image: set MIRROR and SUITE: this machine has no Debian sources of its own." >&2; exit 1; }
for tool in debootstrap docker; do
    command -v "$tool" >/dev/null || { echo "build-image: $tool is needed and not installed." >&2; exit 1; }
done

folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
system="$folder/system"

echo "Unpacking Debian $suite…"
debootstrap --variant=minbase "$suite" "$system" "$mirror" >"$folder/log" 2>&1 || { tail -3 "$folder/log" >&2; exit 1; }

echo "Installing PostGIS…"
# No cluster and no service: the entrypoint makes and starts the one there is.
mkdir -p "$system/etc/postgresql-common/createcluster.d"
echo 'create_main_cluster = false' >"$system/etc/postgresql-common/createcluster.d/carto.conf"
printf '#!/bin/sh\nexit 101\n' >"$system/usr/sbin/policy-rc.d"
chmod 755 "$system/usr/sbin/policy-rc.d"
in_system() {
    chroot "$system" env DEBIAN_FRONTEND=noninteractive LC_ALL=C "$@"
}
version="$(in_system apt-cache search --names-only '^postgresql-[0-9]+-postgis-3$' | sed -E 's/^postgresql-([0-9]+)-.*/\1/' | sort -n | tail -1)"
[[ -n "$version" ]] || { echo "build-image: Debian $suite has no package of PostGIS." >&2; exit 1; }
in_system apt-get install -y -q --no-install-recommends "postgresql-$version" "postgresql-$version-postgis-3" >"$folder/log" 2>&1 ||
    { tail -3 "$folder/log" >&2; exit 1; }
in_system apt-get clean
rm -rf "$system"/var/lib/apt/lists/* "$system/usr/sbin/policy-rc.d"
install -m 755 "$here/entrypoint.sh" "$system/usr/local/bin/docker-entrypoint.sh"

echo "Making the image…"
tar -C "$system" -c . | docker import \
    --change "ENV PATH=/usr/lib/postgresql/$version/bin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" \
    --change 'ENV PGDATA=/var/lib/postgresql/data' --change 'VOLUME /var/lib/postgresql/data' \
    --change 'EXPOSE 5432' \
    --change 'ENTRYPOINT ["docker-entrypoint.sh"]' --change 'CMD ["postgres"]' \
    - "$name" >/dev/null
echo "$name: PostgreSQL $version with PostGIS"
