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

source "$here/../images/debian.sh"
require_debian build-image

folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
system="$folder/system"

echo "Unpacking Debian $debian_suite…"
unpack_debian "$system"

echo "Installing PostGIS…"
# No cluster and no service: the entrypoint makes and starts the one there is.
mkdir -p "$system/etc/postgresql-common/createcluster.d"
echo 'create_main_cluster = false' >"$system/etc/postgresql-common/createcluster.d/carto.conf"
version="$(in_debian "$system" apt-cache search --names-only '^postgresql-[0-9]+-postgis-3$' | sed -E 's/^postgresql-([0-9]+)-.*/\1/' | sort -n | tail -1)"
[[ -n "$version" ]] || { echo "build-image: Debian $debian_suite has no package of PostGIS." >&2; exit 1; }
install_debian "$system" "postgresql-$version" "postgresql-$version-postgis-3"
slim_debian "$system"
install -m 755 "$here/entrypoint.sh" "$system/usr/local/bin/docker-entrypoint.sh"

echo "Making the image…"
tar -C "$system" -c . | docker import \
    --change "ENV PATH=/usr/lib/postgresql/$version/bin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" \
    --change 'ENV LANG=C.UTF-8' --change 'ENV PGDATA=/var/lib/postgresql/data' --change 'VOLUME /var/lib/postgresql/data' \
    --change 'EXPOSE 5432' \
    --change 'ENTRYPOINT ["docker-entrypoint.sh"]' --change 'CMD ["postgres"]' \
    - "$name" >/dev/null
echo "$name: PostgreSQL $version with PostGIS"
